//! The files of a crate as modules: what each defines, imports and names in its code.
//!
//! This is no compiler. It knows `use` with braces, renaming, globs and re-exports, and paths of at least two names in
//! code. What it cannot resolve (macros, methods, traits in scope) is left out; the path that brought it there is not.

use super::tokens::{tokens, without_tests};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The path of a module: its names below the root of the crate.
pub type ModulePath = Vec<String>;

/// An import of one name.
#[derive(Clone, Debug)]
struct Import {
    /// The path as it is written.
    path: Vec<String>,
    /// The name it is known by here; `*` for a glob.
    name: String,
    /// `pub use`: the file passes the name on and does not use it.
    passed_on: bool,
}

/// One file.
#[derive(Debug, Default)]
pub struct Module {
    /// The file, relative to the repository.
    pub file: String,
    /// Names of the items that it defines.
    items: BTreeSet<String>,
    imports: Vec<Import>,
    /// Paths in code.
    uses: Vec<Vec<String>>,
}

/// The modules of a crate that are not tests.
#[derive(Debug, Default)]
pub struct Crate {
    pub modules: BTreeMap<ModulePath, Module>,
}

impl Crate {
    /// Reads the crate whose root is `src/lib.rs` below `directory`.
    pub fn read(repository: &Path, directory: &str) -> Self {
        let mut krate = Self::default();
        let mut open = vec![(ModulePath::new(), repository.join(directory).join("src/lib.rs"))];
        while let Some((path, file)) = open.pop() {
            let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            let (tokens, _) = without_tests(&tokens(&text));
            for child in declared(&tokens) {
                let file = file_of(&file, path.is_empty(), &child);
                open.push((path.iter().cloned().chain([child]).collect(), file));
            }
            let name = file.strip_prefix(repository).unwrap().to_string_lossy().replace('\\', "/");
            krate.modules.insert(path, parse(name, &tokens));
        }
        krate
    }

    /// The files that the module at `path` imports from or names.
    pub fn dependencies(&self, path: &ModulePath) -> BTreeSet<ModulePath> {
        let module = &self.modules[path];
        let imported = module.imports.iter().filter(|import| !import.passed_on).map(|import| &import.path);
        let targets = imported.chain(&module.uses).filter_map(|names| self.resolve(path, names, 0));
        targets.filter(|target| target != path).collect()
    }

    /// The file that defines what `names` means in the module `from`. `None` for other crates, and for a module that
    /// holds nothing but other modules.
    fn resolve(&self, from: &ModulePath, names: &[String], depth: usize) -> Option<ModulePath> {
        let (first, rest) = names.split_first()?;
        if depth > 16 {
            return None;
        }
        match first.as_str() {
            "crate" => self.walk(ModulePath::new(), rest, depth),
            "self" => self.walk(from.clone(), rest, depth),
            "super" => self.walk(from.split_last()?.1.to_vec(), rest, depth),
            _ if self.is_known(from, first) => self.walk(from.clone(), names, depth),
            _ => None,
        }
    }

    /// Whether a path in `module` can begin with `name`: a child, or something imported.
    fn is_known(&self, module: &ModulePath, name: &String) -> bool {
        self.modules.contains_key(&child(module, name))
            || self.modules[module].imports.iter().any(|import| import.name == *name && import.path[0] != *name)
    }

    fn walk(&self, mut at: ModulePath, names: &[String], depth: usize) -> Option<ModulePath> {
        for (index, name) in names.iter().enumerate() {
            let module = self.modules.get(&at)?;
            let next = child(&at, name);
            if name == "super" {
                at.pop();
            } else if name == "self" {
            } else if self.modules.contains_key(&next) {
                at = next;
            } else if module.items.contains(name) {
                return Some(at);
            } else if let Some(import) = module.imports.iter().find(|import| import.name == *name) {
                let whole: Vec<String> = import.path.iter().chain(&names[index + 1..]).cloned().collect();
                return self.resolve(&at, &whole, depth + 1);
            } else {
                let globs = module.imports.iter().filter(|import| import.name == "*");
                return globs
                    .map(|glob| [&glob.path[..], &names[index..]].concat())
                    .find_map(|path| self.resolve(&at, &path, depth + 1));
            }
        }
        let has_children = self.modules.keys().any(|path| path.len() == at.len() + 1 && path.starts_with(&at));
        (!has_children).then_some(at)
    }
}

fn child(path: &ModulePath, name: &str) -> ModulePath {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

/// The file of the module `name` that `parent` declares.
fn file_of(parent: &Path, is_root: bool, name: &str) -> PathBuf {
    let directory = parent.parent().unwrap();
    let stem = parent.file_stem().unwrap();
    let directory = if is_root || stem == "mod" { directory.to_owned() } else { directory.join(stem) };
    let flat = directory.join(format!("{name}.rs"));
    if flat.exists() { flat } else { directory.join(name).join("mod.rs") }
}

/// The modules in files of their own that these tokens declare.
fn declared(tokens: &[String]) -> Vec<String> {
    let found = tokens.windows(3).filter(|three| three[0] == "mod" && three[2] == ";");
    found.map(|three| three[1].clone()).collect()
}

fn parse(file: String, tokens: &[String]) -> Module {
    let mut module = Module { file, ..Module::default() };
    let (mut at, mut depth) = (0, 0_usize);
    while at < tokens.len() {
        let token = tokens[at].as_str();
        let next = tokens.get(at + 1);
        match token {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            "use" if next.is_some_and(|next| next != "<") => {
                let end = at + tokens[at..].iter().position(|token| token == ";").unwrap();
                let passed_on = tokens[..at].last().is_some_and(|before| before == "pub" || before == ")");
                imports(&tokens[at + 1..end], &[], passed_on, &mut module.imports);
                at = end;
            }
            "struct" | "enum" | "union" | "fn" | "trait" | "type" | "const" | "static" | "macro_rules"
                if depth == 0 =>
            {
                let names =
                    tokens[at + 1..].iter().filter(|name| !["mut", "fn", "!", "unsafe"].contains(&name.as_str()));
                module.items.extend(names.take(1).cloned());
            }
            _ if is_name(token) && next.is_some_and(|next| next == "::") => {
                let mut path = vec![token.to_owned()];
                while tokens.get(at + 1).is_some_and(|token| token == "::")
                    && tokens.get(at + 2).is_some_and(|name| is_name(name))
                {
                    path.push(tokens[at + 2].clone());
                    at += 2;
                }
                module.uses.push(path);
            }
            _ => {}
        }
        at += 1;
    }
    module
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Reads the tree of a `use`, whose part up to here is `prefix`.
fn imports(tree: &[String], prefix: &[String], passed_on: bool, into: &mut Vec<Import>) {
    let mut path = prefix.to_vec();
    let mut at = 0;
    while let Some(token) = tree.get(at) {
        match token.as_str() {
            "::" => {}
            "{" => {
                for part in parts(&tree[at + 1..tree.len() - 1]) {
                    imports(part, &path, passed_on, into);
                }
                return;
            }
            "*" => {
                into.push(Import { path, name: "*".to_owned(), passed_on });
                return;
            }
            "as" => {
                let name = tree.get(at + 1).cloned().unwrap_or_default();
                into.push(Import { path, name, passed_on });
                return;
            }
            // `path::{self}` is the path itself.
            "self" if !path.is_empty() => {}
            name => path.push(name.to_owned()),
        }
        at += 1;
    }
    if let Some(name) = path.last().cloned() {
        into.push(Import { path, name, passed_on });
    }
}

/// Splits the inside of braces at the commas outside of further braces.
fn parts(tokens: &[String]) -> Vec<&[String]> {
    let mut depth = 0_usize;
    let split = tokens.split(|token| {
        match token.as_str() {
            "{" => depth += 1,
            "}" => depth -= 1,
            _ => {}
        }
        token == "," && depth == 0
    });
    split.filter(|part| !part.is_empty()).collect()
}
