use super::vocabulary::{KEY_OF_SERVICE, SECRET_PAIRS};
use super::*;

#[test]
fn names_of_secrets() {
    for name in [
        "clientSecret",
        "CLIENT_SECRET",
        "auth.ims.client.secret",
        "auth.ims.client.secrets",
        "auth.token.provider.client.secret",
        "oauth.provider.ims.service.token.client.secret",
        "getClientSecret",
        "password",
        "transportPassword",
        "keystore-password",
        "keyStorePassword",
        "trustStorePwd",
        "rep:password",
        "privateKey",
        "getPrivateKey",
        "private.key",
        "aio.encoded.pkcs8",
        "aio.client.secret",
        "service.account.details",
        "serviceCredentials",
        "clientsecret",
        "privatekey",
        "aws.secret.access.key",
        "./clientSecret",
        "cq:password",
        "client.secret2",
        "client.secret_1",
        "client.secret.prod",
        "passwort",
        "AccountKey",
        "SharedAccessKey",
        "client_s\u{ad}ecret",
        "secret\0",
        "secret.value",
    ] {
        assert_eq!(naming(name), Naming::Secret, "{name}");
        assert!(name.contains('\u{ad}') || is_secret_name(name), "{name}");
    }
}

#[test]
fn names_of_tokens_and_keys() {
    for (name, expected) in [
        ("token", Naming::Token),
        ("accessToken", Naming::Token),
        ("access_token", Naming::Token),
        ("oauth.provider.ims.service.token", Naming::Token),
        ("mapbox.token", Naming::Token),
        ("apiKey", Naming::Key),
        ("aio.api.key", Naming::Key),
        ("apikey", Naming::Key),
        ("orders.subscriptionKey", Naming::Key),
        ("paymentWorkingKey", Naming::Key),
        ("getAPIUserCredentials", Naming::Key),
        ("clientCredential", Naming::Key),
        ("xSecretHeader", Naming::Key),
        ("x_secret_header", Naming::Key),
        ("orderKey", Naming::AnyKey),
        ("accessKey", Naming::AnyKey),
        ("csrf.token", Naming::Suggests),
        ("hidePassword", Naming::Suggests),
        ("requirePassword", Naming::Suggests),
        ("hasToken", Naming::Suggests),
        ("authorization", Naming::Key),
        ("auth.data", Naming::Suggests),
        ("trustStore", Naming::Suggests),
        ("payment.working.value", Naming::Suggests),
        ("private", Naming::Suggests),
        ("passwordsalt", Naming::Suggests),
    ] {
        assert_eq!(naming(name), expected, "{name}");
        assert_eq!(is_secret_name(name), expected >= Naming::Key, "{name}");
    }
}

#[test]
fn names_that_tell_about_secrets() {
    for name in [
        "",
        "secretary",
        "tokenUrl",
        "password.policy",
        "password.maxLength",
        "passwordHint",
        "passwordLabel",
        "passwordRequiredMessage",
        "tokenExpiredText",
        "forgotPasswordLink",
        "secretQuestion",
        "apiKeyLabel",
        "auth.access.token.request",
        "auth.token.provider.title",
        "auth.token.provider.client.id",
        "auth.token.provider.scope",
        "auth.token.provider.default.claims",
        "auth.token.provider.conn.timeout",
        "auth.token.provider.keypair.alias",
        "auth.token.validator.type",
        "token.request.customizer.type",
        "auth.token.provider.authorization.grants",
        "authServerUrl",
        "token.timeout",
        "secret.rotation.days",
        "clientId",
        "aio.credential.id",
        "getPrivateKeyFile",
        "privateKeyAlias",
        "publicKey",
        "adobeLoginClaimKey",
        "getAdobeLoginClaimKey",
        "clientSecret@Encrypted",
        "jcr:lockToken",
        "sling:key",
        "author",
        "authorable",
        "keywords",
        "monkey",
        "details",
        "imsConfigId",
        "oauthScopes",
        "com.acme.DetailsPage",
        "access.key.id",
    ] {
        assert_eq!(naming(name), Naming::Open, "{name}");
    }
}

#[test]
fn the_quick_look_passes_over_no_name() {
    let pairs = SECRET_PAIRS.iter().map(|(first, second)| format!("{first}{second}"));
    let keys = KEY_OF_SERVICE.iter().map(|first| format!("{first}Key"));
    let words = ["secret", "password", "passwd", "passwort", "passphrase", "passcode", "pwd", "pkcs8", "token"];
    for word in words.into_iter().chain(["credentials"]).map(str::to_owned).chain(pairs).chain(keys) {
        for name in [word.clone(), word.to_uppercase(), format!("{word}2"), format!("a.{word}-prod")] {
            assert!(naming(&name) < Naming::Key || may_be_reported(&name), "{name}");
        }
    }
}

proptest::proptest! {
    #[test]
    fn the_quick_look_agrees(name in "([a-z]{1,4}|secret|pass|phrase|word|token|api|key|account|details|credential|private|pem|subscription|working|pwd|[A-Z._0-9]){1,5}") {
        proptest::prop_assert!(naming(&name) < Naming::Key || may_be_reported(&name), "{}", name);
    }
}
