//! The kinds of facts and the attributes of each: the schema that rule files are checked against.

/// What a fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An archive or a tree with `META-INF/vault`.
    Package,
    /// An OSGi configuration, whatever its format.
    Configuration,
    /// A content node of a docview file.
    Node,
    /// An Adobe IMS configuration (`com.adobe.granite.auth.oauth.accesstoken.provider`).
    TokenProvider,
    /// The customizer that adds the client secret (`…IMSAccessTokenRequestCustomizerImpl`).
    TokenCustomizer,
    /// Any other carrier of a service-account JWT credential.
    JwtIntegration,
    /// A Smart Tags cloud service.
    SmartTagsService,
    /// A Brand Portal cloud configuration.
    BrandPortalConfiguration,
    /// A Brand Portal tenant, named anywhere.
    BrandPortalTenant,
    /// The user of the legacy OAuth gateway of Brand Portal, `mac-<tenant>-replication`.
    BrandPortalUser,
    /// A replication agent page.
    ReplicationAgent,
    /// A cloud configuration that names an IMS configuration.
    ImsReference,
    /// An Adobe endpoint URL in any property value.
    Endpoint,
    /// A property or file that holds a secret.
    Secret,
    /// A certificate, private key or keystore.
    KeyMaterial,
    /// A contradiction in an archive that lets two readers see different things.
    ArchiveAnomaly,
    /// Something that was not analysed.
    Unread,
}

/// The attributes that every fact has.
pub const COMMON: &[&str] = &["kind", "file", "path", "name_in_archive", "run_modes", "installed", "not_installed"];

/// A placeholder (`$[env:…]`, `${…}`) is an unknown value, never a missing one: the attribute holds its text and is
/// named here.
const UNKNOWN: (&str, &str) = ("unknown", "names of the attributes whose value a placeholder supplies");
/// Rules that miss something stay silent on such a fact: what they miss may stand in the part that was not read.
const PARTIAL: (&str, &str) =
    ("partial", "whether its file is rejected, cut or unreadable in part, so that an absent property proves nothing");
/// A placeholder of documentation is a value that nobody ever replaces, unlike those of [`UNKNOWN`].
const SAMPLES: (&str, &str) =
    ("samples", "names of the properties that still hold a placeholder of documentation, such as <OrgID>");
const ERROR: (&str, &str) =
    ("error", "why AEM rejects the whole file, null if it does not, or if another fact of the file says so");
const SAMPLE_NAME: (&str, &str) =
    ("sample_name", "the placeholder of documentation in the file name, such as <randomnumber>; null if there is none");
const CONFIDENCE: (&str, &str) = ("confidence", "low where it was found in text that could not be parsed, else high");

impl Kind {
    /// Every kind, in the order of the documentation.
    pub const ALL: &[Self] = &[
        Self::Package,
        Self::Configuration,
        Self::Node,
        Self::TokenProvider,
        Self::TokenCustomizer,
        Self::JwtIntegration,
        Self::SmartTagsService,
        Self::BrandPortalConfiguration,
        Self::BrandPortalTenant,
        Self::BrandPortalUser,
        Self::ReplicationAgent,
        Self::ImsReference,
        Self::Endpoint,
        Self::Secret,
        Self::KeyMaterial,
        Self::ArchiveAnomaly,
        Self::Unread,
    ];

    /// The name in rule files and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::Configuration => "configuration",
            Self::Node => "node",
            Self::TokenProvider => "token_provider",
            Self::TokenCustomizer => "token_customizer",
            Self::JwtIntegration => "jwt_integration",
            Self::SmartTagsService => "smart_tags_service",
            Self::BrandPortalConfiguration => "brand_portal_configuration",
            Self::BrandPortalTenant => "brand_portal_tenant",
            Self::BrandPortalUser => "brand_portal_user",
            Self::ReplicationAgent => "replication_agent",
            Self::ImsReference => "ims_reference",
            Self::Endpoint => "endpoint",
            Self::Secret => "secret",
            Self::KeyMaterial => "key_material",
            Self::ArchiveAnomaly => "archive_anomaly",
            Self::Unread => "unread",
        }
    }

    /// What a fact of this kind is about, in one line for the documentation.
    pub fn about(self) -> &'static str {
        match self {
            Self::Package => "An archive or a tree with `META-INF/vault`.",
            Self::Configuration => "An OSGi configuration, whatever it is written in.",
            Self::Node => "A content node of a docview file. Made only if a rule or `--kind node` asks for it.",
            Self::TokenProvider => {
                "An Adobe IMS configuration: `com.adobe.granite.auth.oauth.accesstoken.provider`, in whatever form of name."
            }
            Self::TokenCustomizer => {
                "What adds the client secret to token requests: \
                 `com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl`."
            }
            Self::JwtIntegration => "Any other carrier of a service-account JWT credential.",
            Self::SmartTagsService => "A Smart Tags cloud service: the legacy page, or a node that names the service.",
            Self::BrandPortalConfiguration => "A Brand Portal cloud configuration.",
            Self::BrandPortalTenant => {
                "A Brand Portal tenant that a configuration names; where none does, one that a replication agent names."
            }
            Self::BrandPortalUser => {
                "The user of the legacy OAuth gateway of Brand Portal: `mac-<tenant>-replication`, whatever folder it lies in."
            }
            Self::ReplicationAgent => "A replication agent page.",
            Self::ImsReference => "A property that names an IMS configuration.",
            Self::Endpoint => "An Adobe URL in a property, or a URL that an Adobe integration connects to.",
            Self::Secret => "A property or file that holds a secret, or should hold one.",
            Self::KeyMaterial => "A certificate, a private key or a keystore.",
            Self::ArchiveAnomaly => "A contradiction in an archive: two readers can see different things in it.",
            Self::Unread => "Something that was not analysed.",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// The attributes of this kind beside [`COMMON`], with one line of documentation each.
    pub fn attributes(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Package => &[
                ("group", "group of META-INF/vault/properties.xml"),
                ("name", "name of META-INF/vault/properties.xml"),
                ("version", "version of META-INF/vault/properties.xml"),
                ("package_type", "packageType: application, content, container or mixed"),
                ("depth", "archives around its files: 0 for a tree, 1 for a zip on disk, 2 for a package in it"),
            ],
            Self::Configuration => &[
                ("pid", "PID: `factory~name` or the singleton PID"),
                ("factory", "factory PID, null for a singleton"),
                ("name", "name of the factory instance, null for a singleton"),
                ("format", "config, cfg.json, cfg, properties or osgi-node"),
                ("properties", "the properties by key"),
                ("dropped", "keys that the installer silently loses, or whose value it cuts short"),
                ("cut", "those of them that arrive with a part of their value"),
                ("dropped_reason", "why, with the lines if there are several reasons"),
                ("error", "why the installer rejects the file, null if it does not"),
                (
                    "partial",
                    "whether its file was cut off or could not be decoded, so that an error may be due to that",
                ),
                ("integration", "whether its PID is one of an Adobe integration"),
                ("duplicate_of", "places of configurations of the same PID between which chance decides"),
                ("winner", "place of the one of them that becomes active, null where that cannot be told"),
                ("winner_reason", "why that one becomes active, or why it cannot be told"),
            ],
            Self::Node => &[
                ("primary_type", "jcr:primaryType"),
                ("resource_type", "sling:resourceType"),
                ("properties", "the properties by name"),
            ],
            Self::TokenProvider => &[
                ("title", "auth.token.provider.title, else the name"),
                ("name", "the name that consumers refer to"),
                (
                    "solution",
                    "Adobe solution that it is for: smart-tags, brand-portal, target, …; null where it cannot be told",
                ),
                (
                    "credential",
                    "jwt, oauth, mixed, service-credentials (AEM Developer Console, not deprecated) or unknown",
                ),
                ("evidence", "the property that shows a JWT credential, null if none does"),
                ("token_url", "auth.access.token.request"),
                ("endpoint", "auth.token.provider.endpoint"),
                ("client_id", "auth.token.provider.client.id"),
                ("org_id", "auth.token.provider.orgId"),
                ("scopes", "the scopes, split at commas and blanks"),
                ("grants", "auth.token.provider.authorization.grants"),
                ("claims", "the default claims by name"),
                ("keypair_alias", "auth.token.provider.keypair.alias"),
                ("validator", "auth.token.validator.type"),
                ("customizer", "token.request.customizer.type"),
                ("customizer_found", "whether a customizer of that type is in the deployment"),
                ("instance", "name of the factory instance, whatever separates it in the file name"),
                ("name_form", "hyphen, tilde, dot, dot-uuid, or singleton"),
                ("proper_name", "the file name to use instead where name_form is dot or dot-uuid"),
                ("superseded_by", "place of the newer configuration that replaces this one, null if none does"),
                ("relaxed_ssl", "auth.token.provider.relaxed.ssl"),
                SAMPLE_NAME,
                SAMPLES,
                UNKNOWN,
                PARTIAL,
                ("properties", "the properties by key"),
            ],
            Self::TokenCustomizer => &[
                ("customizer", "customizer.type"),
                ("secret_state", "plain, encrypted, placeholder or blank"),
                ("instance", "name of the factory instance, whatever separates it in the file name"),
                ("name_form", "hyphen, tilde, dot, dot-uuid, or singleton"),
                ("proper_name", "the file name to use instead where name_form is dot or dot-uuid"),
                ("superseded_by", "place of the newer configuration that replaces this one, null if none does"),
                SAMPLE_NAME,
                SAMPLES,
                UNKNOWN,
                PARTIAL,
                ("properties", "the properties by key"),
            ],
            Self::JwtIntegration => &[
                ("product", "what carries it: ACS AEM Commons, Adobe I/O Events, AEM Guides, …"),
                ("deprecated", "false for AEM Developer Console service credentials, which are not deprecated"),
                ("evidence", "the property that shows it"),
                SAMPLES,
                CONFIDENCE,
                ("properties", "the properties by key"),
            ],
            Self::SmartTagsService => &[
                ("service_url", "Service URL"),
                ("region", "region in a smartcontent.adobe.io URL, null where there is none"),
                ("authorization_server", "Authorization Server"),
                ("legacy", "whether it is the legacy cloud service page"),
                ("api_key", "API key"),
                ("org_id", "organization ID"),
                ("technical_account", "technical account ID"),
                ("secret_state", "plain, encrypted, placeholder or blank"),
                ERROR,
                SAMPLES,
                UNKNOWN,
                PARTIAL,
                ("properties", "the properties by name"),
            ],
            Self::BrandPortalConfiguration => &[
                ("name", "name of the configuration"),
                ("tenant_url", "tenantURL"),
                ("tenant", "tenant, normalised; null where the URL names none"),
                ("ims_configuration", "the IMS configuration that it names"),
                ("agent_count", "agentCount"),
                ("agents", "replication agents of its tenant in the deployment"),
                ("legacy", "whether it lies below /etc/cloudservices/mediaportal"),
                ERROR,
                SAMPLES,
                UNKNOWN,
                PARTIAL,
                ("properties", "the properties by name"),
            ],
            Self::BrandPortalTenant => &[("tenant", "tenant, normalised"), ("source", "configuration or agent")],
            Self::BrandPortalUser => {
                &[("user", "rep:authorizableId, or the name of the node"), ("tenant", "tenant in the user's name")]
            }
            Self::ReplicationAgent => &[
                ("transport_uri", "transportUri"),
                ("enabled", "enabled"),
                ("tenant", "Brand Portal tenant that it sends to, null if it is none"),
                ("configured_tenants", "tenants that the configurations of the deployment name"),
                ("legacy", "whether it sends through the legacy OAuth gateway"),
                ERROR,
                SAMPLES,
                UNKNOWN,
                PARTIAL,
                ("properties", "the properties by name"),
            ],
            Self::ImsReference => &[
                ("consumer", "what refers to it: launch, stock, brand-portal, …"),
                ("reference", "the name or id that it refers to"),
                ("resolved", "whether a token provider of the deployment answers to it"),
            ],
            Self::Endpoint => &[
                ("url", "the URL as written, user information, query and fragment left out"),
                ("host", "host, lower case, normalised"),
                ("url_path", "path, decoded, runs of `/` as one"),
                ("scheme", "scheme, lower case"),
                ("property", "name of the property that holds it"),
                ("integration", "whether an Adobe integration connects to it: token URL, service URL, tenant, …"),
                ("alone", "whether it is the whole value of the property, and not a part of a text"),
                ("placeholder", "whether a placeholder supplies a part of it"),
                CONFIDENCE,
            ],
            Self::Secret => &[
                ("property", "name of the property, null for a file"),
                ("state", "plain, encrypted, placeholder or blank"),
                ("shape", "what its value looks like: private-key, jwt, client-secret, …; null if nothing known"),
                (
                    "sample",
                    "whether the value is a placeholder of documentation, such as <ClientSecret>, and so no secret",
                ),
                CONFIDENCE,
            ],
            Self::KeyMaterial => &[
                ("form", "certificate, private-key, jks, pkcs12 or keystore-node"),
                ("subject", "subject of a certificate"),
                ("issuer", "issuer of a certificate"),
                ("keystore", "path of the keystore node that a keystore file belongs to, null if it belongs to none"),
                ("not_after", "end of validity, RFC 3339"),
                ("days_left", "whole days from now to the end of validity, negative when past"),
            ],
            Self::ArchiveAnomaly => &[
                ("class", "class of the contradiction: duplicate-entry, hidden-entry, …"),
                ("detail", "what was found"),
            ],
            Self::Unread => {
                &[("reason", "why it was not analysed"), ("limit", "the limit that was reached, null if none")]
            }
        }
    }
}

/// A set of [`Kind`]s, some of which may be wanted in brief only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds {
    kinds: u32,
    brief: u32,
}

impl Kinds {
    /// Every kind but `node`: a node fact for every node of a package is only made if somebody asks for it.
    pub fn usual() -> Self {
        Kind::ALL.iter().copied().filter(|&kind| kind != Kind::Node).collect()
    }

    /// Every kind.
    pub fn all() -> Self {
        Kind::ALL.iter().copied().collect()
    }

    /// Adds a kind.
    pub fn insert(&mut self, kind: Kind) {
        self.kinds |= Self::bit(kind);
    }

    /// The same set, of which nobody will look at the properties of facts of this kind. Only `configuration` makes a
    /// difference: one of which nothing is to be said but its PID then has no fact unless it is a duplicate.
    #[must_use]
    pub fn in_brief(self, kind: Kind) -> Self {
        Self { brief: self.brief | Self::bit(kind), ..self }
    }

    /// Whether nobody will look at the properties of facts of this kind.
    pub fn is_brief(self, kind: Kind) -> bool {
        self.brief & Self::bit(kind) != 0
    }

    /// Whether `kind` is in the set.
    pub fn contains(self, kind: Kind) -> bool {
        self.kinds & Self::bit(kind) != 0
    }

    fn bit(kind: Kind) -> u32 {
        1 << kind as u32
    }
}

impl FromIterator<Kind> for Kinds {
    fn from_iter<I: IntoIterator<Item = Kind>>(kinds: I) -> Self {
        let mut set = Self::default();
        kinds.into_iter().for_each(|kind| set.insert(kind));
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_lead_back_to_their_kind() {
        for &kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
            let names: BTreeSet<_> = kind.attributes().iter().map(|(name, _)| *name).chain(COMMON.to_vec()).collect();
            let own = kind.attributes().len();
            let shared = kind.attributes().iter().filter(|(name, _)| COMMON.contains(name)).count();
            assert_eq!(names.len(), own + COMMON.len(), "{} repeats an attribute ({shared})", kind.name());
        }
        assert_eq!(Kind::from_name("nothing"), None);
    }

    #[test]
    fn a_set_of_kinds() {
        let mut kinds = Kinds::usual();
        assert!(kinds.contains(Kind::Secret) && !kinds.contains(Kind::Node));
        kinds.insert(Kind::Node);
        assert_eq!(kinds, Kinds::all());
    }
}
