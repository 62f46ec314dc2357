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

/// The type of the value of an attribute, as expressions of rules see it. A value that stands for a secret is a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// `true` or `false`.
    Bool,
    /// An integer.
    Int,
    /// A string.
    Text,
    /// The value of a property as it is written: a boolean, an integer, a floating-point number or a string.
    Scalar,
    /// A list with items of one type.
    List(&'static ValueType),
    /// A map from strings to values of any type.
    Map,
    /// The properties of the configuration or node: a map from their names to scalars and lists of scalars.
    Properties,
}

/// An attribute in the vocabulary of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributeSpec {
    /// The name in rules and in JSON.
    pub name: &'static str,
    /// What it says, in one line for the documentation.
    pub about: &'static str,
    /// The type of its value where it is not null.
    pub value_type: ValueType,
    /// Whether it can be null.
    pub nullable: bool,
}

impl AttributeSpec {
    const fn new(name: &'static str, about: &'static str, value_type: ValueType) -> Self {
        Self { name, about, value_type, nullable: false }
    }

    /// The same attribute, which can be null.
    const fn or_null(self) -> Self {
        Self { nullable: true, ..self }
    }
}

const fn text(name: &'static str, about: &'static str) -> AttributeSpec {
    AttributeSpec::new(name, about, ValueType::Text)
}

const fn boolean(name: &'static str, about: &'static str) -> AttributeSpec {
    AttributeSpec::new(name, about, ValueType::Bool)
}

const fn integer(name: &'static str, about: &'static str) -> AttributeSpec {
    AttributeSpec::new(name, about, ValueType::Int)
}

const fn scalar(name: &'static str, about: &'static str) -> AttributeSpec {
    AttributeSpec::new(name, about, ValueType::Scalar)
}

const fn text_list(name: &'static str, about: &'static str) -> AttributeSpec {
    AttributeSpec::new(name, about, ValueType::List(&ValueType::Text))
}

const fn map(name: &'static str, about: &'static str) -> AttributeSpec {
    AttributeSpec::new(name, about, ValueType::Map)
}

const fn properties(name: &'static str, about: &'static str) -> AttributeSpec {
    AttributeSpec::new(name, about, ValueType::Properties)
}

/// The attributes that every fact has.
pub const COMMON: &[AttributeSpec] = &[
    text("kind", "the kind of the fact"),
    text("file", "the path of the file or archive on disk"),
    text("path", "repository path, where there is one").or_null(),
    text("name_in_archive", "the path of the file in the archive, null for a file on disk").or_null(),
    text_list("run_modes", "alternatives, each such as `author.-prod`; empty if it is always active"),
    boolean("installed", "whether AEM would install it"),
    text("not_installed", "why AEM would not, as a clause").or_null(),
];

/// A placeholder (`$[env:…]`, `${…}`) is an unknown value, never a missing one: the attribute holds its text and is
/// named here.
const UNKNOWN: AttributeSpec = text_list("unknown", "names of the attributes whose value a placeholder supplies");
/// Rules that miss something stay silent on such a fact: what they miss may stand in the part that was not read.
const PARTIAL: AttributeSpec = boolean(
    "partial",
    "whether its file is rejected, cut or unreadable in part, so that an absent property proves nothing",
);
/// A placeholder of documentation is a value that nobody ever replaces, unlike those of [`UNKNOWN`].
const SAMPLES: AttributeSpec =
    text_list("samples", "names of the properties that still hold a placeholder of documentation, such as <OrgID>");
const ERROR: AttributeSpec =
    text("error", "why AEM rejects the whole file, null if it does not, or if another fact of the file says so")
        .or_null();
const SAMPLE_NAME: AttributeSpec = text(
    "sample_name",
    "the placeholder of documentation in the file name, such as <randomnumber>; null if there is none",
)
.or_null();
const CONFIDENCE: AttributeSpec =
    text("confidence", "low where it was found in text that could not be parsed, else high");

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

    /// The attribute of that name of a fact of this kind, one of [`COMMON`] or one of its own.
    pub fn attribute(self, name: &str) -> Option<&'static AttributeSpec> {
        self.attributes().iter().chain(COMMON).find(|spec| spec.name == name)
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

    /// The attributes of this kind beside [`COMMON`].
    pub fn attributes(self) -> &'static [AttributeSpec] {
        match self {
            Self::Package => {
                const {
                    &[
                        text("group", "group of META-INF/vault/properties.xml").or_null(),
                        text("name", "name of META-INF/vault/properties.xml").or_null(),
                        text("version", "version of META-INF/vault/properties.xml").or_null(),
                        text("package_type", "packageType: application, content, container or mixed").or_null(),
                        integer(
                            "depth",
                            "archives around its files: 0 for a tree, 1 for a zip on disk, 2 for a package in it",
                        ),
                    ]
                }
            }
            Self::Configuration => {
                const {
                    &[
                        text("pid", "PID: `factory~name` or the singleton PID"),
                        text("factory", "factory PID, null for a singleton").or_null(),
                        text("name", "name of the factory instance, null for a singleton").or_null(),
                        text("format", "config, cfg.json, cfg, properties or osgi-node"),
                        properties("properties", "the properties by key"),
                        text_list("dropped", "keys that the installer silently loses, or whose value it cuts short"),
                        text_list("cut", "those of them that arrive with a part of their value"),
                        text("dropped_reason", "why, with the lines if there are several reasons").or_null(),
                        text("error", "why the installer rejects the file, null if it does not").or_null(),
                        boolean(
                            "partial",
                            "whether its file was cut off or could not be decoded, so that an error may be due to that",
                        ),
                        boolean("integration", "whether its PID is one of an Adobe integration"),
                        text_list(
                            "duplicate_of",
                            "places of configurations of the same PID between which chance decides",
                        ),
                        text("winner", "place of the one of them that becomes active, null where that cannot be told")
                            .or_null(),
                        text("winner_reason", "why that one becomes active, or why it cannot be told").or_null(),
                    ]
                }
            }
            Self::Node => {
                const {
                    &[
                        scalar("primary_type", "jcr:primaryType").or_null(),
                        scalar("resource_type", "sling:resourceType").or_null(),
                        properties("properties", "the properties by name"),
                    ]
                }
            }
            Self::TokenProvider => {
                const {
                    &[
                scalar("title", "auth.token.provider.title, else the name").or_null(),
                scalar("name", "the name that consumers refer to").or_null(),
                text(
                    "solution",
                    "Adobe solution that it is for: smart-tags, brand-portal, target, …; null where it cannot be told",
                )
                .or_null(),
                text(
                    "credential",
                    "jwt, oauth, mixed, service-credentials (AEM Developer Console, not deprecated) or unknown",
                ),
                text("evidence", "the property that shows a JWT credential, null if none does").or_null(),
                scalar("token_url", "auth.access.token.request").or_null(),
                scalar("endpoint", "auth.token.provider.endpoint").or_null(),
                scalar("client_id", "auth.token.provider.client.id").or_null(),
                scalar("org_id", "auth.token.provider.orgId").or_null(),
                text_list("scopes", "the scopes, split at commas and blanks"),
                text_list("grants", "auth.token.provider.authorization.grants"),
                map("claims", "the default claims by name"),
                scalar("keypair_alias", "auth.token.provider.keypair.alias").or_null(),
                scalar("validator", "auth.token.validator.type").or_null(),
                scalar("customizer", "token.request.customizer.type").or_null(),
                boolean("customizer_found", "whether a customizer of that type is in the deployment").or_null(),
                text("instance", "name of the factory instance, whatever separates it in the file name").or_null(),
                text("name_form", "hyphen, tilde, dot, dot-uuid, or singleton"),
                text("proper_name", "the file name to use instead where name_form is dot or dot-uuid").or_null(),
                text("superseded_by", "place of the newer configuration that replaces this one, null if none does")
                    .or_null(),
                boolean("relaxed_ssl", "auth.token.provider.relaxed.ssl"),
                SAMPLE_NAME,
                SAMPLES,
                UNKNOWN,
                PARTIAL,
                properties("properties", "the properties by key"),
            ]
                }
            }
            Self::TokenCustomizer => {
                const {
                    &[
                        scalar("customizer", "customizer.type").or_null(),
                        text("secret_state", "plain, encrypted, placeholder or blank"),
                        text("instance", "name of the factory instance, whatever separates it in the file name")
                            .or_null(),
                        text("name_form", "hyphen, tilde, dot, dot-uuid, or singleton"),
                        text("proper_name", "the file name to use instead where name_form is dot or dot-uuid")
                            .or_null(),
                        text(
                            "superseded_by",
                            "place of the newer configuration that replaces this one, null if none does",
                        )
                        .or_null(),
                        SAMPLE_NAME,
                        SAMPLES,
                        UNKNOWN,
                        PARTIAL,
                        properties("properties", "the properties by key"),
                    ]
                }
            }
            Self::JwtIntegration => {
                const {
                    &[
                        text("product", "what carries it: ACS AEM Commons, Adobe I/O Events, AEM Guides, …"),
                        boolean(
                            "deprecated",
                            "false for AEM Developer Console service credentials, which are not deprecated",
                        ),
                        text("evidence", "the property that shows it").or_null(),
                        SAMPLES,
                        CONFIDENCE,
                        properties("properties", "the properties by key"),
                    ]
                }
            }
            Self::SmartTagsService => {
                const {
                    &[
                        scalar("service_url", "Service URL").or_null(),
                        text("region", "region in a smartcontent.adobe.io URL, null where there is none").or_null(),
                        scalar("authorization_server", "Authorization Server").or_null(),
                        boolean("legacy", "whether it is the legacy cloud service page"),
                        scalar("api_key", "API key").or_null(),
                        scalar("org_id", "organization ID").or_null(),
                        scalar("technical_account", "technical account ID").or_null(),
                        text("secret_state", "plain, encrypted, placeholder or blank"),
                        ERROR,
                        SAMPLES,
                        UNKNOWN,
                        PARTIAL,
                        properties("properties", "the properties by name"),
                    ]
                }
            }
            Self::BrandPortalConfiguration => {
                const {
                    &[
                        scalar("name", "name of the configuration"),
                        scalar("tenant_url", "tenantURL").or_null(),
                        text("tenant", "tenant, normalised; null where the URL names none").or_null(),
                        text("ims_configuration", "the IMS configuration that it names").or_null(),
                        scalar("agent_count", "agentCount").or_null(),
                        integer("agents", "replication agents of its tenant in the deployment").or_null(),
                        boolean("legacy", "whether it lies below /etc/cloudservices/mediaportal"),
                        ERROR,
                        SAMPLES,
                        UNKNOWN,
                        PARTIAL,
                        properties("properties", "the properties by name"),
                    ]
                }
            }
            Self::BrandPortalTenant => {
                const { &[text("tenant", "tenant, normalised"), text("source", "configuration or agent")] }
            }
            Self::BrandPortalUser => {
                const {
                    &[
                        text("user", "rep:authorizableId, or the name of the node"),
                        text("tenant", "tenant in the user's name"),
                    ]
                }
            }
            Self::ReplicationAgent => {
                const {
                    &[
                        text("transport_uri", "transportUri").or_null(),
                        boolean("enabled", "enabled"),
                        text("tenant", "Brand Portal tenant that it sends to, null if it is none").or_null(),
                        text_list("configured_tenants", "tenants that the configurations of the deployment name"),
                        boolean("legacy", "whether it sends through the legacy OAuth gateway"),
                        ERROR,
                        SAMPLES,
                        UNKNOWN,
                        PARTIAL,
                        properties("properties", "the properties by name"),
                    ]
                }
            }
            Self::ImsReference => {
                const {
                    &[
                        text("consumer", "what refers to it: launch, stock, brand-portal, …"),
                        text("reference", "the name or id that it refers to"),
                        boolean("resolved", "whether a token provider of the deployment answers to it"),
                    ]
                }
            }
            Self::Endpoint => {
                const {
                    &[
                        text("url", "the URL as written, user information, query and fragment left out"),
                        text("host", "host, lower case, normalised"),
                        text("url_path", "path, decoded, runs of `/` as one"),
                        text("scheme", "scheme, lower case"),
                        text("property", "name of the property that holds it").or_null(),
                        boolean(
                            "integration",
                            "whether an Adobe integration connects to it: token URL, service URL, tenant, …",
                        ),
                        boolean("alone", "whether it is the whole value of the property, and not a part of a text"),
                        boolean("placeholder", "whether a placeholder supplies a part of it"),
                        CONFIDENCE,
                    ]
                }
            }
            Self::Secret => {
                const {
                    &[
                        text("property", "name of the property, null for a file").or_null(),
                        text("state", "plain, encrypted, placeholder or blank"),
                        text(
                            "shape",
                            "what its value looks like: private-key, jwt, client-secret, …; null if nothing known",
                        )
                        .or_null(),
                        boolean(
                            "sample",
                            "whether the value is a placeholder of documentation, such as <ClientSecret>, and so no secret",
                        ),
                        CONFIDENCE,
                    ]
                }
            }
            Self::KeyMaterial => {
                const {
                    &[
                        text("form", "certificate, private-key, jks, pkcs12 or keystore-node"),
                        text("subject", "subject of a certificate").or_null(),
                        text("issuer", "issuer of a certificate").or_null(),
                        text(
                            "keystore",
                            "path of the keystore node that a keystore file belongs to, null if it belongs to none",
                        )
                        .or_null(),
                        text("not_after", "end of validity, RFC 3339").or_null(),
                        integer("days_left", "whole days from now to the end of validity, negative when past")
                            .or_null(),
                    ]
                }
            }
            Self::ArchiveAnomaly => {
                const {
                    &[
                        text("class", "class of the contradiction: duplicate-entry, hidden-entry, …"),
                        text("detail", "what was found"),
                    ]
                }
            }
            Self::Unread => {
                const {
                    &[
                        text("reason", "why it was not analysed"),
                        text("limit", "the limit that was reached, null if none").or_null(),
                    ]
                }
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
            let names: BTreeSet<_> = kind.attributes().iter().chain(COMMON).map(|spec| spec.name).collect();
            let all = kind.attributes().len() + COMMON.len();
            assert_eq!(names.len(), all, "{} repeats an attribute", kind.name());
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
