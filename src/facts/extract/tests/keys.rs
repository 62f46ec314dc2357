use crate::facts::Kind;
use crate::facts::testing::{Run, json, text};
use serde_json::json;

/// Valid from 1 January 2026 to 1 January 2027.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----
MIIBFDCBvAIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxhZW1saW50IHRlc3Qw
HhcNMjYwMTAxMDAwMDAwWhcNMjcwMTAxMDAwMDAwWjAXMRUwEwYDVQQDDAxhZW1s
aW50IHRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT+j7JZm32BviJuB2iE
+nj+k9XcIQgBaBn8/p6rIkM3r9oNfSKI3zsgmHQ5yaACXnjiKdvpVUiMzasNX/0Y
uH0wMAoGCCqGSM49BAMCA0cAMEQCIGDgK9VGLHsm9w1bTzOTkQ/v0SxP5Onupefu
ECEN3WzeAiBjEuKCehHVBgB/+y74ljW3wXfIpe55TUNrPzYuBIJp8A==
-----END CERTIFICATE-----
";

#[test]
fn the_validity_of_a_certificate() {
    for run in [
        Run::tree().content("/etc/key/AEM-SmartTags.crt", format!("# a comment\n{CERTIFICATE}")),
        Run::tree().content(
            "/etc/key/x/.content.xml",
            format!(
                "<jcr:root xmlns:jcr=\"http://www.jcp.org/jcr/1.0\" jcr:primaryType=\"nt:unstructured\" c=\"{}\"/>",
                CERTIFICATE.replace('\n', "&#10;")
            ),
        ),
    ] {
        let fact = run.one(Kind::KeyMaterial);
        assert_eq!((text(&fact, "form"), text(&fact, "subject")), ("certificate", "CN=aemlint test"));
        assert_eq!(text(&fact, "not_after"), "2027-01-01T00:00:00Z");
        assert_eq!(json(&fact, "days_left"), json!(214));
        assert!(run.none(Kind::Secret));
    }
    let pem = pem_contents();
    let fact = Run::tree().content("/etc/key/x.cer", pem).one(Kind::KeyMaterial);
    assert_eq!(json(&fact, "days_left"), json!(214), "DER");
}

fn pem_contents() -> Vec<u8> {
    x509_parser::pem::parse_x509_pem(CERTIFICATE.as_bytes()).unwrap().1.contents
}

#[test]
fn private_keys_and_keystores() {
    let run =
        Run::tree().content("/etc/key/x.pem", "-----BEGIN RSA PRIVATE KEY-----\nQUJD\n-----END RSA PRIVATE KEY-----\n");
    assert_eq!(text(&run.one(Kind::KeyMaterial), "form"), "private-key");
    let secret = run.one(Kind::Secret);
    assert_eq!((text(&secret, "state"), json(&secret, "property")), ("plain", json!(null)));
    let store = Run::tree().content("/home/users/system/dam/x/keystore/store.p12", [0x30, 0x82, 0, 9, 2, 1, 3]);
    assert_eq!(text(&store.one(Kind::KeyMaterial), "form"), "pkcs12");
    let jks = Run::tree().content("/etc/key/a.jks", [0xfe, 0xed, 0xfe, 0xed, 0, 0]);
    assert_eq!(text(&jks.one(Kind::KeyMaterial), "form"), "jks");
    let node = r#"<jcr:root xmlns:jcr="http://www.jcp.org/jcr/1.0" jcr:primaryType="sling:Folder" keystorePassword="\{0123456789abcdef0123456789abcdef}"/>"#;
    let node = Run::tree().content("/home/users/system/dam/x/keystore/.content.xml", node);
    assert_eq!(text(&node.one(Kind::KeyMaterial), "form"), "keystore-node");
}
