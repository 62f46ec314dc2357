//! Values that stand where a secret belongs, and are none: labels of forms, what somebody masked, examples of
//! documentation, public tokens, the name of a place where the secret is.

use super::doc_placeholders;
use data_encoding::BASE64URL_NOPAD;

/// Nothing, what somebody masked, an example, or what another program replaces.
pub(super) fn is_none(value: &str) -> bool {
    let has_content = value.chars().any(char::is_alphanumeric);
    !has_content
        || is_masked_out(value)
        || doc_placeholders::is_sample_secret(value)
        || is_template(value)
        || is_example(value)
}

/// Values that documentation gives as examples or that services accept from everybody for tests.
fn is_example(value: &str) -> bool {
    const EXAMPLES: [&str; 5] = [
        // The keys of Google's reCAPTCHA for automated tests.
        "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI",
        "6LeIxAcTAAAAAGG-vFI1TnRWxMZNFuojJ4WifJWe",
        // The example key of Stripe's documentation.
        "sk_test_4eC39HqLyjWDarjtT1zdp7dc",
        // The examples of hCaptcha for tests.
        "0x0000000000000000000000000000000000000000",
        "10000000-ffff-ffff-ffff-000000000001",
    ];
    let is_marked = ["EXAMPLE", "EXAMPLEKEY"].iter().any(|end| value.ends_with(end));
    let is_public = ["pk.eyJ", "pk_test_", "pk_live_", "6Lc_public"].iter().any(|begin| value.starts_with(begin));
    EXAMPLES.contains(&value) || is_marked || is_public
}

/// `****`, `xxx`, `XyZ9…/***`: the characters that are missing are shown by others.
fn is_masked_out(value: &str) -> bool {
    let is_filler = |c: char| matches!(c, '*' | '•' | '●' | '…' | '.' | 'x' | 'X' | '-' | '_' | '#' | '?');
    let stars = value.chars().filter(|c| matches!(c, '*' | '•' | '●')).count();
    value.len() >= 3 && value.chars().all(is_filler)
        || value.contains("***")
        || value.contains("•••")
        || value.contains('…')
        || stars > 0 && stars * 2 >= value.chars().count()
        || value.to_ascii_lowercase().contains("redacted")
}

/// What a program that is not AEM puts a value in place of: `{{secret}}`, `#{secret}`, `%(secret)s`, `@secret@`.
fn is_template(value: &str) -> bool {
    const BRACKETS: [(&str, &str); 8] =
        [("{{", "}}"), ("#{", "}"), ("@{", "}"), ("%(", ")s"), ("<%", "%>"), ("[[", "]]"), ("@", "@"), ("__", "__")];
    BRACKETS.iter().any(|(open, close)| {
        value.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)).is_some_and(|name| !name.is_empty())
    })
}

/// A path, a URL without a password or the name of a file: where a secret is, and not the secret.
pub(super) fn is_reference(value: &str) -> bool {
    let is_url = value.contains("://") && !value.contains('@');
    let is_path =
        value.starts_with(['/', '.']) && value.get(1..).is_some_and(|rest| rest.contains('/')) && !value.contains(' ');
    let is_file =
        [".pem", ".key", ".p8", ".p12", ".jks", ".der", ".txt", ".json"].iter().any(|end| value.ends_with(end));
    is_url || is_path || is_file || value.starts_with("file:") || value.starts_with("classpath:")
}

/// Words by which a label names what belongs into a field, in the languages that forms are written in.
const FIELD_WORDS: &[&str] = &[
    "password",
    "passwort",
    "kennwort",
    "passe",
    "contraseña",
    "clave",
    "senha",
    "wachtwoord",
    "hasło",
    "heslo",
    "parola",
    "lösenord",
    "adgangskode",
    "passord",
    "salasana",
    "пароль",
    "パスワード",
    "密码",
    "密碼",
    "암호",
    "비밀번호",
    "secret",
    "secrets",
    "geheimnis",
    "token",
    "tokens",
    "key",
    "keys",
    "schlüssel",
    "pin",
    "passphrase",
    "credentials",
    "passcode",
];

/// Whether the value is a text for people: the label of a field, a sentence. Of a node one word that begins with a capital
/// is enough, since most nodes are content.
pub(super) fn is_label(value: &str, name: &str, is_node: bool) -> bool {
    let is_word = |word: &str| {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
        word.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '/'))
    };
    let words: Vec<&str> = value.split_whitespace().collect();
    // A user's password is one, whatever it looks like.
    if name.starts_with("rep:") || words.is_empty() || !words.iter().all(|word| is_word(word)) {
        return false;
    }
    let is_script = value.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
    let begins_upper = value.chars().next().is_some_and(|c| c.is_uppercase() || c.is_alphabetic() && !c.is_lowercase());
    let lower = value.to_lowercase();
    let names_field = lower.split(|c: char| !c.is_alphabetic()).any(|word| FIELD_WORDS.contains(&word));
    let is_capitalised = begins_upper && words.iter().all(|word| word.chars().skip(1).all(|c| !c.is_uppercase()));
    if is_node {
        let is_own_name = |part: &str| name.to_lowercase().ends_with(part);
        return words.len() > 1 && (begins_upper || names_field || words.len() > 3)
            || is_capitalised
            || is_script
            || is_own_name(&lower.replace(' ', ""));
    }
    names_field && begins_upper && (words.len() > 1 || is_capitalised)
}

/// Whether a JSON Web Token opens nothing, however long it is valid: it is the example of the documentation, or public.
pub(crate) fn is_public_token(value: &str) -> bool {
    if is_example(value) || value.find("eyJ").is_some_and(|start| value[..start].ends_with("pk.")) {
        return true;
    }
    let Some(claims) = claims_of_token(value) else { return false };
    let is_text = |name: &str, expected: &str| claims.get(name).and_then(serde_json::Value::as_str) == Some(expected);
    is_text("sub", "1234567890") || is_text("name", "John Doe")
}

/// When a JSON Web Token expires, in seconds since 1970, if it says so.
pub(crate) fn expiry_of_token(value: &str) -> Option<i64> {
    claims_of_token(value)?.get("exp")?.as_i64()
}

/// The payload of a JSON Web Token.
fn claims_of_token(value: &str) -> Option<serde_json::Value> {
    let token = value.get(value.find("eyJ").unwrap_or_default()..).unwrap_or_default();
    let mut parts = token.split('.').skip(1);
    let payload = parts.next().unwrap_or_default();
    let payload =
        payload.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).next().unwrap_or_default();
    serde_json::from_slice(&BASE64URL_NOPAD.decode(payload.as_bytes()).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_masked_and_examples() {
        for value in [
            "{}",
            "[]",
            "****",
            "xxx",
            "XXXX",
            "-",
            "XyZ9…/********",
            "UsQF…/***",
            "pk.eyJ1IjoiYSJ9.abc",
            "{{secret}}",
            "@client.secret@",
            "<ClientSecret>",
            "your-client-secret",
            "REPLACE_ME",
            "6LeIxAcTAAAAAJcZVRqyHh71UMIEGNQ_MXjiZKhI",
            "AKIAIOSFODNN7EXAMPLE",
        ] {
            assert!(is_none(value), "{value}");
        }
        for value in ["hunter2", "x", "changeit", "admin", "a*b", "Pa$$w0rd!", "{abc}", "xX3x"] {
            assert!(!is_none(value), "{value}");
        }
    }

    #[test]
    fn labels() {
        for (value, name, is_node, expected) in [
            ("Password", "password", true, true),
            ("Password", "password", false, true),
            ("Your password", "password", true, true),
            ("Client Secret", "clientSecret", false, true),
            ("Passwort vergessen?", "password", true, true),
            ("Mot de passe", "password", true, true),
            ("密码", "password", true, true),
            ("password", "password", true, true),
            ("password", "password", false, false),
            ("changeit", "password", true, false),
            ("correct horse battery staple", "passphrase", false, false),
            ("hunter2", "password", true, false),
            ("Password", "rep:password", true, false),
            ("kJhGfDsAqWeRtY", "secret", true, false),
        ] {
            assert_eq!(is_label(value, name, is_node), expected, "{value}");
        }
    }

    #[test]
    fn tokens() {
        let token = |payload: &str| format!("eyJhbGciOiJub25lIn0.{}.c2ln", BASE64URL_NOPAD.encode(payload.as_bytes()));
        assert_eq!(expiry_of_token(&token("{\"exp\": 1000}")), Some(1000));
        assert_eq!(expiry_of_token(&token("{\"iss\": \"acme\"}")), None);
        assert!(!is_public_token(&token("{\"exp\": 1000}")));
        assert!(!is_public_token(&token("{\"iss\": \"acme\"}")));
        assert!(is_public_token(&token("{\"sub\":\"1234567890\",\"name\":\"John Doe\",\"iat\":1516239022}")));
        assert!(is_public_token(&format!("pk.{}", token("{}"))));
        assert!(!is_public_token("eyJhbGciOiJub25lIn0.%%%"));
    }

    #[test]
    fn references() {
        for value in
            ["/etc/keys/a.pem", "https://vault.acme.test/secret/a", "server.key", "./clientSecret/x", "classpath:a"]
        {
            assert!(is_reference(value), "{value}");
        }
        for value in ["/hunter2", "hunter2", "a/b", "jdbc:a://b@c"] {
            assert!(!is_reference(value), "{value}");
        }
    }
}
