//! `aemlint lsp` as editors use it: the real program, with a scripted client.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "what fails in a test should fail loudly"
)]

#[path = "lsp/client.rs"]
mod client;

use client::{Client, capabilities, edited, uri};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

const FOLDER: &str = "ui.config/src/main/content/jcr_root/apps/acme/config";
const PROVIDER: &str = "com.adobe.granite.auth.oauth.accesstoken.provider";

/// The text of a credential for Smart Tags without what `without` names.
fn credential(without: &str) -> String {
    let lines = [
        "name=\"adobe-ims-similaritysearch\"",
        "auth.token.provider.title=\"Smart\\ Tags\\ 😀\"",
        "auth.token.provider.authorization.grants=\"client_credentials\"",
        "auth.token.provider.orgId=\"0123456789ABCDEF01234567@AdobeOrg\"",
        "auth.token.provider.default.claims=(\"\\\"iss\\\"\\ :\\ \\\"0123456789ABCDEF01234567@AdobeOrg\\\"\")",
        "auth.token.provider.scope=\"read_pc.dma_smart_content,\\ openid,\\ AdobeID,\\ additional_info.projectedProductContext\"",
        "auth.token.validator.type=\"adobe-ims-similaritysearch\"",
        "auth.token.provider.client.id=\"0123456789abcdef0123456789abcdef\"",
        "auth.access.token.request=\"https://ims-na1.adobelogin.com/ims/token/v3\"",
        "token.request.customizer.type=\"adobe-ims-similaritysearch\"",
    ];
    let kept = lines.iter().filter(|line| without.is_empty() || !line.starts_with(without));
    kept.map(|line| format!("{line}\n")).collect()
}

/// A directory as the system names it, which is a repository.
fn project() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().canonicalize().unwrap();
    fs::create_dir(root.join(".git")).unwrap();
    (directory, root)
}

fn write(root: &Path, name: &str, text: &str) -> PathBuf {
    let path = root.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, text).unwrap();
    path
}

/// A project with one configuration, which lacks its scope.
fn project_without_scope() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let (directory, root) = project();
    let file = write(&root, &format!("{FOLDER}/{PROVIDER}-1.config"), &credential("auth.token.provider.scope"));
    (directory, root, file)
}

#[test]
fn findings_follow_the_text_and_an_action_mends_it() {
    let (_directory, root, file) = project_without_scope();
    let broken = credential("auth.token.provider.scope");
    let mut client = Client::open(&root, &["--stdio"], &[&root]);
    // The folder as a whole is checked first.
    client.shown(&file, &["missing-scope"]);
    client.did_open(&file, &broken);
    let diagnostics = client.shown(&file, &["missing-scope"]);
    let diagnostic = &diagnostics[0];
    assert_eq!(diagnostic["source"], "aemlint");
    assert_eq!(diagnostic["severity"], 1);
    assert!(diagnostic["codeDescription"]["href"].as_str().unwrap().ends_with("missing-scope.md"));

    let position = diagnostic["range"]["start"].clone();
    let hover = json!({"textDocument": {"uri": uri(&file)}, "position": position});
    let page = client.request("textDocument/hover", hover).unwrap();
    assert_eq!(page["contents"]["kind"], "markdown");
    assert!(page["contents"]["value"].as_str().unwrap().contains("## Why it matters"));
    let elsewhere = json!({"textDocument": {"uri": uri(&file)}, "position": {"line": 99, "character": 0}});
    assert_eq!(client.request("textDocument/hover", elsewhere), Ok(Value::Null));

    let actions = client.actions(&file, diagnostic, &[]);
    let [action] = actions.as_slice() else { panic!("{actions:#?}") };
    assert_eq!(action["kind"], "quickfix");
    assert_eq!(action["isPreferred"], true);
    let change = &action["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"]["version"], 1);
    let mended = edited(&broken, &change["edits"]);
    assert!(mended.contains("auth.token.provider.scope"), "{mended}");
    client.did_change(&file, 2, json!([{"text": mended}]));
    client.shown(&file, &[]);

    let all = client.actions(&file, diagnostic, &["source.fixAll"]);
    assert!(all.is_empty(), "there is nothing left to mend: {all:#?}");
    assert_eq!(fs::read_to_string(&file).unwrap(), broken, "the server writes nothing");
    assert_eq!(client.end(), 0);
}

#[test]
fn changes_are_made_in_the_columns_that_were_agreed_on() {
    let (_directory, root, file) = project_without_scope();
    let broken = credential("auth.token.provider.scope");
    for (offered, expected, column) in [(json!(["utf-8"]), "utf-8", 44), (json!(["x", "utf-16"]), "utf-16", 42)] {
        let mut client = Client::start(&root, &[]);
        let mut capabilities = capabilities();
        capabilities["general"]["positionEncodings"] = offered;
        let result = client.initialize(&capabilities, &[&root]);
        assert_eq!(result["capabilities"]["positionEncoding"], expected);
        client.did_open(&file, &broken);
        client.shown(&file, &["missing-scope"]);
        // After the 😀 in the second line, before the quote that closes it.
        let at = json!({"line": 1, "character": column});
        let scope = "\"\nauth.token.provider.scope=\"read_pc.dma_smart_content,openid,AdobeID,additional_info.projectedProductContext";
        assert_eq!(broken.lines().nth(1).unwrap().chars().count(), 42);
        client.did_change(&file, 2, json!([{"range": {"start": at, "end": at}, "text": scope}]));
        client.shown(&file, &[]);
        assert_eq!(client.end(), 0);
    }
}

#[test]
fn a_rename_takes_the_filter_along() {
    let (_directory, root) = project();
    let name = format!("{FOLDER}/{PROVIDER}.1714550400000.config");
    let file = write(&root, &name, &credential(""));
    let filter = format!(
        "<workspaceFilter version=\"1.0\">\n  <filter root=\"/apps/acme/config/{PROVIDER}.1714550400000.config\"/>\n</workspaceFilter>\n"
    );
    let filter = write(&root, "ui.config/src/main/content/META-INF/vault/filter.xml", &filter);
    let mut client = Client::open(&root, &[], &[&root]);
    client.did_open(&file, &credential(""));
    let diagnostics = client.shown(&file, &["dot-separated-factory-name"]);
    let actions = client.actions(&file, &diagnostics[0], &["quickfix"]);
    let changes = actions[0]["edit"]["documentChanges"].as_array().unwrap();
    assert!(changes.iter().any(|change| change["kind"] == "rename"), "{changes:#?}");
    let of_filter = changes.iter().find(|change| change["textDocument"]["uri"] == uri(&filter)).unwrap();
    let after = edited(&fs::read_to_string(&filter).unwrap(), &of_filter["edits"]);
    assert!(after.contains(&format!("{PROVIDER}-1714550400000.config")), "{after}");
    assert_eq!(client.end(), 0);

    // An editor that cannot rename gets the reason.
    let mut client = Client::start(&root, &[]);
    let mut capabilities = capabilities();
    capabilities["workspace"]["workspaceEdit"]["resourceOperations"] = json!([]);
    client.initialize(&capabilities, &[&root]);
    client.did_open(&file, &credential(""));
    let diagnostics = client.shown(&file, &["dot-separated-factory-name"]);
    let actions = client.actions(&file, &diagnostics[0], &[]);
    assert_eq!(actions[0]["disabled"]["reason"], "the editor cannot rename files");
    assert_eq!(client.end(), 0);
}

#[test]
fn counting_rules_speak_when_a_file_is_saved() {
    let (_directory, root) = project();
    let one = write(&root, &format!("{FOLDER}/{PROVIDER}-1.config"), &credential(""));
    let two = write(&root, &format!("{FOLDER}/{PROVIDER}-2.config"), "");
    let mut client = Client::open(&root, &[], &[&root]);
    client.did_open(&one, &credential(""));
    client.shown(&one, &[]);
    client.did_open(&two, "");
    client.did_change(&two, 2, json!([{"text": credential("")}]));
    client.shown(&two, &[]);
    fs::write(&two, credential("")).unwrap();
    client.did_save(&two);
    let diagnostics = client.shown(&two, &["multiple-ims-configurations"]);
    let related = diagnostics[0]["relatedInformation"].as_array().unwrap();
    assert!(related.iter().any(|related| related["location"]["uri"] == uri(&one)), "{related:#?}");
    // What only the whole shows stays while the file is edited, at its line.
    let line = diagnostics[0]["range"]["start"]["line"].as_u64().unwrap();
    client.did_change(&two, 3, json!([{"text": format!("# a line\n{}", credential(""))}]));
    let diagnostics = client.shown(&two, &["multiple-ims-configurations"]);
    assert_eq!(diagnostics[0]["range"]["start"]["line"], line + 1);
    client.did_change(&one, 2, json!([{"text": ""}]));
    fs::write(&one, "").unwrap();
    client.did_save(&one);
    client.shown(&two, &[]);
    assert_eq!(client.end(), 0);
}

#[test]
fn the_configuration_is_obeyed_and_read_again_when_it_is_saved() {
    let (_directory, root, file) = project_without_scope();
    let config = write(&root, "aemlint.toml", "[levels]\nmissing-scope = \"note\"\n");
    let mut client = Client::open(&root, &[], &[&root]);
    client.did_open(&file, &credential("auth.token.provider.scope"));
    let diagnostics = client.shown(&file, &["missing-scope"]);
    assert_eq!(diagnostics[0]["severity"], 3);
    for text in [
        "[levels]\nmissing-scope = \"off\"\n",
        "exclude = [\"ui.config\"]\n",
        "[[ignore]]\nrule = \"missing-scope\"\npath = \"ui.config/**\"\nreason = \"known\"\n",
    ] {
        fs::write(&config, text).unwrap();
        client.did_open(&config, text);
        client.did_save(&config);
        client.shown(&file, &[]);
        fs::write(&config, "").unwrap();
        client.did_save(&config);
        client.shown(&file, &["missing-scope"]);
    }
    let wrong = "[levels]\nmissing-scop = \"off\"\n";
    fs::write(&config, wrong).unwrap();
    client.did_save(&config);
    let mistakes = client.shown(&config, &["no code"]);
    assert_eq!(mistakes[0]["range"]["start"]["line"], 1);
    client.did_change(&file, 2, json!([{"text": format!("#\n{}", credential("auth.token.provider.scope"))}]));
    client.shown(&file, &["missing-scope"]);
    fs::write(&config, "").unwrap();
    client.did_save(&config);
    client.shown(&config, &[]);
    assert_eq!(client.end(), 0);
}

#[test]
fn comments_accept_findings_and_secrets_are_masked() {
    let (_directory, root) = project();
    let secret = "Zq8xW3vB7nM2kL9pR5tY1uI4oA6sD0fG";
    let text = format!("{}auth.token.provider.client.secret=\"{secret}\"\n", credential(""));
    let file = write(&root, &format!("{FOLDER}/{PROVIDER}-1.config"), &text);
    let mut client = Client::open(&root, &[], &[&root]);
    client.did_open(&file, &text);
    let diagnostics = client.shown(&file, &["plain-text-secret"]);
    assert!(!json!(diagnostics).to_string().contains(secret));
    let actions = client.actions(&file, &diagnostics[0], &[]);
    assert!(!json!(actions).to_string().contains(secret), "{actions:#?}");
    let name = "auth.token.provider.client.secret";
    let accepted = text.replace(name, &format!("# aemlint-ignore plain-text-secret: known\n{name}"));
    client.did_change(&file, 2, json!([{"text": accepted}]));
    client.shown(&file, &[]);
    assert_eq!(client.end(), 0);
}

#[test]
fn several_folders_have_configurations_of_their_own() {
    let (_one, one, first) = project_without_scope();
    let (_two, two, second) = project_without_scope();
    write(&two, "aemlint.toml", "[levels]\nmissing-scope = \"off\"\n");
    let text = credential("auth.token.provider.scope");
    let mut client = Client::open(&one, &[], &[&one]);
    client.did_open(&first, &text);
    client.shown(&first, &["missing-scope"]);
    let added = json!({"event": {"added": [{"uri": uri(&two), "name": "two"}], "removed": []}});
    client.notify("workspace/didChangeWorkspaceFolders", added);
    client.did_open(&second, &text);
    client.shown(&second, &[]);
    // A file of no folder is judged by itself.
    let (_three, _, third) = project_without_scope();
    client.did_open(&third, &text);
    client.shown(&third, &["missing-scope"]);
    // What is no content of a package is none of aemlint's business.
    let other = write(&one, "package.json", "{");
    client.did_open(&other, "{");
    client.shown(&other, &[]);
    assert_eq!(client.end(), 0);
}

#[test]
fn what_is_wrong_gets_an_error_and_the_server_lives() {
    let (_directory, root, file) = project_without_scope();
    let mut client = Client::start(&root, &[]);
    let error = client.request("textDocument/hover", json!({})).unwrap_err();
    assert_eq!(error["code"], -32002);
    client.initialize(&capabilities(), &[&root]);
    let code = |result: Result<Value, Value>| result.unwrap_err()["code"].as_i64().unwrap();
    assert_eq!(code(client.request("initialize", json!({"capabilities": {}}))), -32600);
    assert_eq!(code(client.request("no/such", json!({}))), -32601);
    assert_eq!(code(client.request("textDocument/hover", json!({"a": 1}))), -32602);
    client.raw(b"garbage\r\n\r\nContent-Length: 4\r\n\r\n{\"a\"");
    client.wait("a parse error", |message| message["error"]["code"] == -32700 && message["id"].is_null());
    client.send(&json!([1, 2]));
    client.wait("an invalid request", |message| message["error"]["code"] == -32600 && message["id"].is_null());
    client.notify("textDocument/didChange", json!({"textDocument": 1}));
    client.did_change(&file, 9, json!([{"text": "not open"}]));
    client.notify("$/unknown", json!(null));
    client.did_open(&file, &credential("auth.token.provider.scope"));
    client.shown(&file, &["missing-scope"]);
    assert_eq!(client.request("shutdown", Value::Null), Ok(Value::Null));
    assert_eq!(code(client.request("textDocument/hover", json!({}))), -32600);
    client.notify("exit", Value::Null);
    assert_eq!(client.exit_code(), 0);
}

#[test]
fn an_end_without_a_shutdown_is_no_orderly_one_and_nothing_is_lost() {
    let (_directory, root, file) = project_without_scope();
    let client = Client::open(&root, &[], &[&root]);
    assert_eq!(client.exit_code(), 1, "the editor is gone");
    let mut client = Client::open(&root, &[], &[&root]);
    client.notify("exit", Value::Null);
    assert_eq!(client.exit_code(), 1);
    let mut client = Client::open(&root, &[], &[&root]);
    client.did_open(&file, "unsaved");
    client.kill();
    assert_eq!(fs::read_to_string(&file).unwrap(), credential("auth.token.provider.scope"));
    let files = fs::read_dir(file.parent().unwrap()).unwrap().count();
    assert_eq!(files, 1, "a server that is killed leaves nothing behind");
}

#[test]
fn a_mistake_in_an_option_ends_the_program_before_it_serves() {
    let (_directory, root) = project();
    let client = Client::start(&root, &["--no-such-option"]);
    assert_eq!(client.exit_code(), 2);
}
