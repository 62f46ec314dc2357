//! Secrets: whatever carries one, no part of its value leaves the program.

use super::output::FORMATS;
use super::program::aemlint;
use super::support::random::Random;
use super::zipbytes::{Archive, Entry};

/// Planted secrets and the files that carry them.
struct Plants {
    random: Random,
    secrets: Vec<String>,
    files: Vec<(String, Vec<u8>)>,
}

impl Plants {
    fn from(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| *self.random.pick(alphabet) as char).collect()
    }

    /// A secret that looks like a password, remembered.
    fn secret(&mut self) -> String {
        let secret = self.from(b"abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", 40);
        self.secrets.push(secret.clone());
        secret
    }

    /// The body of a private key, of which every line is remembered.
    fn key_lines(&mut self) -> Vec<String> {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let first = format!("MIIEvgIBADANBgkqhkiG9w0BAQEFAASC{}", self.from(alphabet, 32));
        // What every key of this kind begins with is no secret.
        self.secrets.push(first[32..].to_owned());
        let mut lines = vec![first];
        for _ in 0..6 {
            let line = self.from(alphabet, 64);
            self.secrets.push(line.clone());
            lines.push(line);
        }
        lines
    }

    fn pem(&mut self, line_end: &str) -> String {
        let body = self.key_lines().join(line_end);
        format!("-----BEGIN PRIVATE KEY-----{line_end}{body}{line_end}-----END PRIVATE KEY-----")
    }

    fn jwt(&mut self) -> String {
        let part = |plants: &mut Self| {
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let part = plants.from(alphabet, 60);
            plants.secrets.push(part.clone());
            part
        };
        format!("eyJhbGciOiJSUzI1NiJ9.eyJ{}.{}", part(self), part(self))
    }

    fn file(&mut self, name: &str, text: impl Into<Vec<u8>>) {
        self.files.push((name.to_owned(), text.into()));
    }
}

const CUSTOMIZER: &str =
    "jcr_root/apps/acme/config/com.adobe.granite.auth.ims.impl.IMSAccessTokenRequestCustomizerImpl";
const PROVIDER: &str = "jcr_root/apps/acme/config/com.adobe.granite.auth.oauth.accesstoken.provider";
const ACS: &str = "jcr_root/apps/acme/config/com.adobe.acs.commons.adobeio.core.service.impl.IntegrationServiceImpl";

fn node(attributes: &str) -> String {
    format!(
        "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" xmlns:cq=\"http://www.day.com/jcr/cq/1.0\" \
         xmlns:sling=\"http://sling.apache.org/jcr/sling/1.0\" jcr:primaryType=\"cq:Page\">\
         <jcr:content jcr:primaryType=\"cq:PageContent\" {attributes}/></jcr:root>"
    )
}

fn escaped(text: &str) -> String {
    text.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect()
}

fn references(text: &str) -> String {
    text.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect()
}

fn plant() -> Plants {
    let mut plants = Plants { random: Random::new(7), secrets: Vec::new(), files: Vec::new() };
    let all = |plants: &mut Plants| [plants.secret(), plants.pem("\\n"), plants.jwt()];

    // Configurations, whole and broken.
    for (form, broken) in [("a", ""), ("b", "broken=\"open\n"), ("c", "first=Q\"1\"\n")] {
        let [secret, pem, jwt] = all(&mut plants);
        let text = format!(
            "{broken}auth.token.provider.client.secret=\"{secret}\"\nauth.ims.client.secret=\"{secret}\"\n\
             customizer.type=\"x\"\nprivateKey=\"{pem}\"\nbearer.token=\"{jwt}\"\nplain=\"Bearer {jwt}\"\n{broken}"
        );
        plants.file(&format!("{CUSTOMIZER}-{form}.config"), text.clone());
        plants.file(&format!("{PROVIDER}-{form}.config"), text.clone());
        plants.file(&format!("{ACS}-{form}.cfg"), text.replace('"', ""));
    }
    let secret = plants.secret();
    let lines = plants.pem(" \\\n");
    plants.file(
        &format!("{ACS}-lines.config"),
        format!(
            "endpoint=\"https://ims-na1.adobelogin.com/ims/exchange/jwt\"\nprivateKey=\"{lines}\"\npassword=\"{}\"\n",
            escaped(&secret)
        ),
    );
    for (form, tail) in [("a", "}"), ("b", ",,"), ("c", "")] {
        let [secret, pem, jwt] = all(&mut plants);
        let other = plants.secret();
        plants.file(
            &format!("{CUSTOMIZER}~{form}.cfg.json"),
            format!(
                "{{\"auth.token.provider.client.secret\":\"{secret}\",\"privateKey\":\"{pem}\",\"x\":\"{jwt}\",\
                 \"password\":[\"{}\",\"{other}\"]{tail}",
                escaped(&plants.secrets[0])
            ),
        );
    }

    // Pages.
    for form in 0..3 {
        let [secret, pem, jwt] = all(&mut plants);
        let pem = pem.replace("\\n", "&#xa;");
        let attributes = format!(
            "serviceUrl=\"https://mc.adobe.io/marketingcloud/smartcontent?token={jwt}\" clientSecret=\"{secret}\" \
             privateKey=\"{pem}\" transportPassword=\"{}\" transportUri=\"https://user:{secret}@author.adobe.com/\" \
             sling:resourceType=\"cq/replication/components/agent\"",
            references(&secret)
        );
        let text = node(&attributes);
        let text = match form {
            0 => text,
            1 => text.replace("<jcr:content", "<broken a=\"1\" <jcr:content"),
            _ => format!(
                "<!DOCTYPE jcr:root [<!ENTITY e '{secret}'>]>{}",
                text.replace(&format!("\"{secret}\""), "\"&e;\"")
            ),
        };
        plants.file(&format!("jcr_root/conf/n{form}/settings/.content.xml"), text);
    }
    let secret = plants.secret();
    let utf16: Vec<u8> =
        node(&format!("url=\"https://mc.adobe.io/marketingcloud/smartcontent\" clientSecret=\"{secret}\""))
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
    plants.file("jcr_root/conf/utf16/.content.xml", utf16);

    // Key files, and service credentials.
    let pem = plants.pem("\n");
    plants.file("jcr_root/etc/key/private.key", pem.clone());
    plants.file(
        "jcr_root/etc/key/both.pem",
        format!("{pem}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
    );
    let [secret, pem, jwt] = all(&mut plants);
    plants.file(
        "jcr_root/etc/key/service.json",
        format!("{{\"integration\":{{\"technicalAccount\":{{\"clientId\":\"x\",\"clientSecret\":\"{secret}\"}},\"privateKey\":\"{pem}\"}},\"accessToken\":\"{jwt}\",,"),
    );
    let secret = plants.secret();
    plants.file(
        "jcr_root/etc/a.properties",
        format!("password={secret}\nurl=https://admin:{secret}@mc.adobe.io/marketingcloud/smartcontent\n"),
    );

    // Names.
    let token = plants.jwt();
    plants.file(
        &format!("jcr_root/apps/{token}/config/com.adobe.granite.auth.oauth.accesstoken.provider-{token}.config"),
        "a=Q\n",
    );
    let api = format!("p8e-{}", plants.secret());
    plants.file(&format!("jcr_root/apps/{api}.zip"), "nothing");
    plants
}

/// The first planted part of at least eight bytes that occurs in an output.
fn leak<'s>(secrets: &'s [String], output: &str) -> Option<&'s str> {
    let windows = secrets.iter().flat_map(|secret| (0..=secret.len() - 8).map(|at| &secret[at..at + 8]));
    let patterns: Vec<&str> = windows.collect();
    let search = aho_corasick::AhoCorasick::new(&patterns).unwrap();
    search.find(output).map(|found| patterns[found.pattern().as_usize()])
}

#[test]
fn no_part_of_a_secret_leaves() {
    let plants = plant();
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path();
    let entries = plants.files.iter().map(|(name, bytes)| Entry::deflated(name, bytes));
    let inner = Archive::of(entries).bytes();
    std::fs::write(root.join("package.zip"), Archive::of([Entry::deflated("sub.zip", &inner)]).bytes()).unwrap();
    for (name, bytes) in &plants.files {
        let path = root.join("ui.content").join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let mut outputs = Vec::new();
    let mut run = |what: String, args: &[&str]| {
        let run = aemlint(root, args);
        assert_ne!(run.code, 2, "{what}: {}", run.err);
        outputs.push((format!("standard output, {what}"), run.out));
        outputs.push((format!("standard error, {what}"), run.err));
    };
    for format in FORMATS {
        run(format!("check as {format}"), &["check", "--no-config", "-v", "--format", format, "."]);
    }
    run("facts".into(), &["facts", "--no-config", "-v", "."]);
    run(
        "all facts".into(),
        &["facts", "--no-config", "--kind", "node", "--kind", "secret", "--kind", "configuration", "."],
    );
    for format in ["table", "json", "csv", "markdown"] {
        run(format!("inventory as {format}"), &["inventory", "--no-config", "-v", "--format", format, "."]);
    }
    for format in ["text", "markdown", "json", "sarif"] {
        run(
            format!("diff as {format}"),
            &["diff", "--no-config", "-v", "--all", "--format", format, "ui.content", "."],
        );
    }
    run(
        "the baseline's run".into(),
        &["check", "--no-config", "--write-baseline", "../baseline.json", "."]
            .map(|arg| if arg.starts_with("..") { "baseline.json" } else { arg }),
    );
    outputs.push(("the baseline".into(), std::fs::read_to_string(root.join("baseline.json")).unwrap()));
    let leaks: Vec<String> = (outputs.iter())
        .filter_map(|(what, output)| {
            let leak = leak(&plants.secrets, output)?;
            let at = output.find(leak)?;
            let from = output.floor_char_boundary(at.saturating_sub(200));
            let to = output.ceil_char_boundary((at + 60).min(output.len()));
            Some(format!("{what} holds {leak:?}: …{}…", &output[from..to]))
        })
        .collect();
    assert!(leaks.is_empty(), "{}", leaks.join("\n\n"));
    // The secrets were found, or nothing was tested.
    let text = &outputs[4].1;
    for rule in ["plain-text-secret", "private-key", "legacy-smart-content-url"] {
        assert!(text.contains(rule), "{rule}");
    }
}
