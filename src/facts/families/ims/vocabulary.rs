//! The vocabulary of Adobe IMS: token providers, their customizers, and references to providers.

use crate::facts::attribute::named_enum;
use crate::facts::attribute::{Attribute, TextList};
use crate::facts::value::Value;
use crate::facts::vocabulary::{fact_kind, integration_kind};
use crate::secret::State;
use std::collections::BTreeMap;

integration_kind! {
    #[derive(Default)]
    TokenProvider "token_provider" =
        "An Adobe IMS configuration: `com.adobe.granite.auth.oauth.accesstoken.provider`, in whatever form of name." {
        title: Attribute<Value> = "auth.token.provider.title, else the name",
        name: Attribute<Value> = "the name that consumers refer to",
        solution: Option<&'static str> =
            "Adobe solution that it is for: smart-tags, brand-portal, target, …; null where it cannot be told",
        credential: Credential =
            "jwt, oauth, mixed, service-credentials (AEM Developer Console, not deprecated) or unknown",
        evidence: Attribute<Option<&'static str>> = "the property that shows a JWT credential, null if none does",
        token_url: Attribute<Value> = "auth.access.token.request",
        endpoint: Attribute<Value> = "auth.token.provider.endpoint",
        client_id: Attribute<Value> = "auth.token.provider.client.id",
        org_id: Attribute<Value> = "auth.token.provider.orgId",
        scopes: Attribute<TextList> = "the scopes, split at commas and blanks",
        grants: Attribute<TextList> = "auth.token.provider.authorization.grants",
        claims: Attribute<BTreeMap<String, Value>> = "the default claims by name",
        keypair_alias: Attribute<Value> = "auth.token.provider.keypair.alias",
        validator: Attribute<Value> = "auth.token.validator.type",
        customizer: Attribute<Value> = "token.request.customizer.type",
        customizer_found: Option<bool> = "whether a customizer of that type is there on every instance that has this one",
        customizer_missing_on: Option<String> =
            "where customizer_found is false, the instances where none is, for a sentence: `on publish`; null for all",
        instance: Option<String> = "name of the factory instance, whatever separates it in the file name",
        name_form: &'static str = "hyphen, tilde, dot, dot-uuid, or singleton",
        proper_name: Option<String> = "the file name to use instead where name_form is dot or dot-uuid",
        old_path: Option<String> =
            "where it was while a dot separated its name, if AEM has made the name and no workspace filter covers that path",
        superseded_by: Option<String> = "place of the newer configuration that replaces this one, null if none does",
        superseded_on: Option<String> = "the instances where both are active, for a sentence: `on author`; null if none are",
        relaxed_ssl: Attribute<bool> = "auth.token.provider.relaxed.ssl",
        sample_name: Option<String> =
            "the placeholder of documentation in the file name, such as <randomnumber>; null if there is none",
    } properties = "the properties by key"
}

integration_kind! {
    #[derive(Default)]
    TokenCustomizer "token_customizer" =
        "What adds the client secret to token requests: `com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl`." {
        customizer: Attribute<Value> = "customizer.type",
        secret_state: Attribute<State> = "plain, encrypted, placeholder or blank",
        instance: Option<String> = "name of the factory instance, whatever separates it in the file name",
        name_form: &'static str = "hyphen, tilde, dot, dot-uuid, or singleton",
        proper_name: Option<String> = "the file name to use instead where name_form is dot or dot-uuid",
        old_path: Option<String> =
            "where it was while a dot separated its name, if AEM has made the name and no workspace filter covers that path",
        superseded_by: Option<String> = "place of the newer configuration that replaces this one, null if none does",
        superseded_on: Option<String> = "the instances where both are active, for a sentence: `on author`; null if none are",
        sample_name: Option<String> =
            "the placeholder of documentation in the file name, such as <randomnumber>; null if there is none",
    } properties = "the properties by key"
}

fact_kind! {
    #[derive(Default)]
    ImsReference "ims_reference" = "A property that names an IMS configuration." {
        consumer: &'static str = "what refers to it: launch, stock, brand-portal, …",
        reference: Attribute<String> = "the name or id that it refers to",
        resolved: bool = "whether a token provider answers to it on every instance that has the reference",
        unresolved_on: Option<String> =
            "where resolved is false, the instances where none does, for a sentence: `on publish`; null for all",
        solution: Option<&'static str> =
            "Adobe solution that the token provider is for, null where it cannot be told or is not here",
        solution_by_name: bool = "whether only title and name of the token provider tell the solution",
    }
}

named_enum! {
    /// What kind of credential a provider asks tokens with.
    Credential {
        /// Nothing shows it.
        Unknown = "unknown",
        /// A service-account JWT.
        Jwt = "jwt",
        /// OAuth server-to-server.
        Oauth = "oauth",
        /// Signs of both.
        Mixed = "mixed",
        /// A JWT of the AEM Developer Console, which is not deprecated.
        ServiceCredentials = "service-credentials",
    }
}
