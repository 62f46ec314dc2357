//! The evaluator against the interpreter of the `cel` crate, which is given the same parsed expression and the fact
//! converted to its own values.

use super::environment::Environment;
use super::lower::Lowering;
use super::types::FUNCTIONS;
use super::value::Value as Own;
use super::{eval, parse};
use crate::facts::{COMMON, Fact, Kind, ValueRef};
use crate::rules::tests::{condition, facts_of, value, with_property};
use crate::secret::MASK;
use cel::common::types::{CelBool, CelList, CelMap, CelNull, CelString, DYN_TYPE};
use cel::common::value::CowVal;
use cel::objects::Key;
use cel::{Context, Env, ExecutionError, Value};
use osgi_config::Target;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// The environment of all expressions.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    // The names are free in the standard library, so none of these can fail; if a later version of the crate takes
    // one of them, the test of the functions fails.
    let _ = env.add_extension(cel::extensions::strings);
    let _ = cel::add_overload!(env, fn matches: (CelString, CelString) -> Result<CelBool>, id = "matches");
    let _ = cel::add_member_overload!(env, fn matches: (CelString, CelString) -> Result<CelBool>);
    let _ = env.add_overload("blank", "blank_dyn", vec![DYN_TYPE], blank);
    let _ = env.add_overload("text", "text_dyn", vec![DYN_TYPE], text);
    let _ = env.add_overload("get", "get_dyn_dyn", vec![DYN_TYPE, DYN_TYPE], get);
    let _ = env.add_overload("names", "names_dyn", vec![DYN_TYPE], names);
    Arc::new(env)
});

/// `blank(x)`: null, a string of blanks, an empty list or map.
fn blank<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    // Looked at where it is: converting a long list only to see that it is not empty would cost much.
    let value = args.first().ok_or_else(ExecutionError::missing_argument_or_target)?.as_ref();
    let blank = if let Some(text) = value.downcast_ref::<CelString<'_>>() {
        text.inner().trim().is_empty()
    } else if let Some(list) = value.downcast_ref::<CelList<'_>>() {
        list.inner().is_empty()
    } else if let Some(map) = value.downcast_ref::<CelMap<'_>>() {
        map.inner().is_empty()
    } else {
        value.downcast_ref::<CelNull>().is_some()
    };
    Ok(CowVal::owned(CelBool::from(blank)))
}

/// `text(x)`: the string; null as an empty one; anything else as a message shows it.
fn text<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let value = argument(&args, 0)?;
    let text = if value == Value::Null { String::new() } else { display(&value) };
    Ok(CowVal::owned(CelString::from(text)))
}

/// `get(map, key)`: the member, or null if there is none or the map is null itself.
fn get<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let (map, key) = (argument(&args, 0)?, argument(&args, 1)?);
    let found = match (&map, &key) {
        (Value::Map(map), Value::String(key)) => map.map.get(&Key::String(key.clone())).cloned(),
        _ => None,
    };
    match found {
        Some(value) => Ok(CowVal::Owned(value.try_into()?)),
        None => Ok(CowVal::owned(CelNull)),
    }
}

/// `names(map)`: the keys in alphabetical order. The order in which CEL itself goes through a map is not defined.
fn names<'b, 'v>(args: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let mut names: Vec<String> = match argument(&args, 0)? {
        Value::Map(map) => map.map.keys().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    names.sort();
    Ok(CowVal::Owned(Value::from(names).try_into()?))
}

fn argument(args: &[CowVal<'_, '_>], index: usize) -> Result<Value, ExecutionError> {
    let value = args.get(index).ok_or_else(ExecutionError::missing_argument_or_target)?;
    Value::try_from(value.as_ref())
}

fn matches(text: &CelString<'_>, pattern: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    match regex::Regex::new(pattern.inner()) {
        Ok(regex) => Ok(CelBool::from(regex.is_match(text.inner()))),
        Err(error) => Err(ExecutionError::function_error("matches", error)),
    }
}

/// How a message shows a value: strings raw, lists joined by a comma, nothing for null.
fn display(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::UInt(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::String(value) => value.to_string(),
        Value::List(items) => items.iter().map(display).collect::<Vec<_>>().join(", "),
        Value::Map(map) => {
            let mut members: Vec<String> =
                map.map.iter().map(|(key, value)| format!("{key}: {}", display(value))).collect();
            members.sort();
            members.join(", ")
        }
        _ => String::new(),
    }
}

/// An attribute of a fact; null for one that it does not have.
fn attribute(fact: &Fact, name: &str) -> Value {
    match name {
        "properties" => {
            let members = fact.properties.iter().map(|property| (property.name.clone(), to_cel(&property.value)));
            Value::from(members.collect::<HashMap<String, Value>>())
        }
        "kind" => fact.kind().name().into(),
        "file" => fact.place.file.as_ref().into(),
        "name_in_archive" => (!fact.place.inside.is_empty()).then(|| fact.place.inside.join("!/")).into(),
        "path" => fact.path.clone().into(),
        "run_modes" => fact.run_modes.alternatives().into(),
        "installed" => fact.installed().into(),
        "not_installed" => fact.not_installed.clone().into(),
        _ => fact.attribute(name).map_or(Value::Null, to_cel),
    }
}

fn to_cel<'f>(value: impl Into<ValueRef<'f>>) -> Value {
    match value.into() {
        ValueRef::Null => Value::Null,
        ValueRef::Bool(value) => Value::Bool(value),
        ValueRef::Int(value) => Value::Int(value),
        ValueRef::Double(value) => Value::Float(value),
        ValueRef::Text(value) => value.into(),
        ValueRef::List(values) => Value::from(values.iter().map(to_cel).collect::<Vec<_>>()),
        ValueRef::Map(map) => {
            Value::from(map.iter().map(|(key, value)| (key.clone(), to_cel(value))).collect::<HashMap<_, _>>())
        }
        ValueRef::Secret(_) => MASK.into(),
    }
}

/// The value of an expression by the `cel` crate.
fn by_cel(source: &str, fact: &Fact) -> Result<Value, ExecutionError> {
    let names = fact.kind().attributes().iter().chain(COMMON).map(|spec| spec.name);
    let members: HashMap<Key, Value> = names.map(|name| (Key::from(name), attribute(fact, name))).collect();
    let mut context = Context::with_env(ENV.clone());
    context.add_variable_from_value("fact", Value::from(members));
    context.add_variable_from_value("target", Value::from("cloud"));
    Value::resolve(&parse::parse(source).unwrap().tree, &context)
}

/// A value in a form that can be compared, the order of members left out.
fn plain(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::String(text) => format!("{text:?}"),
        Value::Int(value) => format!("{value}"),
        Value::UInt(value) => format!("{value}u"),
        Value::Float(value) => format!("{value}f"),
        Value::List(items) => format!("[{}]", items.iter().map(plain).collect::<Vec<_>>().join(",")),
        Value::Map(_) => format!("{{{}}}", display(value)),
        other => display(other),
    }
}

fn own_plain(value: &Own<'_>) -> String {
    match value {
        Own::Null => "null".to_owned(),
        Own::Text(text) => format!("{text:?}"),
        Own::Int(value) => format!("{value}"),
        Own::UInt(value) => format!("{value}u"),
        Own::Double(value) => format!("{value}f"),
        Own::List(items) => format!("[{}]", items.iter().map(|item| own_plain(&item)).collect::<Vec<_>>().join(",")),
        Own::Map(_) => format!("{{{}}}", value.display()),
        other => other.display().into_owned(),
    }
}

/// Whether both give the same: the same value, or an error. Says whether it was a value.
fn agree(source: &str, fact: &Fact) -> Result<bool, TestCaseError> {
    let parsed = parse::parse(source).unwrap_or_else(|errors| panic!("{source}: {errors}"));
    let lowered = Lowering::new(&[fact.kind()], false, false).lower(&parsed.tree);
    let Ok((lowered, _)) = lowered else { panic!("{source} was not lowered") };
    let own = eval::evaluate(&lowered, &Environment::new(fact, Target::Cloud));
    let theirs = by_cel(source, fact);
    match (&own, &theirs) {
        (Ok(own), Ok(theirs)) => prop_assert_eq!(own_plain(own), plain(theirs), "{}", source),
        (Err(_), Err(_)) => {}
        _ => prop_assert!(false, "{}: {:?} but {:?}", source, own, theirs),
    }
    Ok(own.is_ok())
}

fn leaf() -> impl Strategy<Value = String> {
    select(vec![
        "fact.error",
        "fact.integration",
        "fact.dropped",
        "fact.cut",
        "fact.path",
        "fact.kind",
        "fact.file",
        "fact.run_modes",
        "fact.properties",
        "fact.installed",
        "fact.name_in_archive",
        "target",
        "'X'",
        "' a,b '",
        "''",
        "'äöü'",
        "7",
        "-2",
        "0",
        "3u",
        "2.5",
        "-0.0",
        "null",
        "true",
        "false",
        "[]",
        "[1, 2, 3]",
        "['a', 'b']",
        "{}",
        "{'p': 1}",
        "{1: 'x'}",
        "'%s and %d'",
        "9223372036854775807",
        "'7'",
        "'true'",
        "fact.properties['p']",
        "'p'",
    ])
    .prop_map(str::to_owned)
}

/// Expressions of all functions, macros and operators.
fn expression() -> impl Strategy<Value = String> {
    leaf().prop_recursive(4, 24, 3, |inner| {
        let binary = select(vec!["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "in", "&&", "||"]);
        let none = select(vec!["size", "lowerAscii", "upperAscii", "trim", "reverse", "join"]);
        let global = select(vec!["blank", "text", "names", "size", "string", "int", "uint", "double", "bool", "dyn"]);
        let one = select(vec![
            "contains", "startsWith", "endsWith", "matches", "split", "join", "indexOf", "lastIndexOf", "charAt", "substring",
            "format",
        ]);
        let two = select(vec!["replace", "split", "indexOf", "lastIndexOf", "substring"]);
        let macros = select(vec!["exists", "all", "exists_one", "filter", "map"]);
        prop_oneof![
            3 => (inner.clone(), binary, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            1 => (inner.clone(), none).prop_map(|(a, f)| format!("{a}.{f}()")),
            2 => (inner.clone(), global).prop_map(|(a, f)| format!("{f}({a})")),
            3 => (inner.clone(), one, inner.clone()).prop_map(|(a, f, b)| format!("{a}.{f}({b})")),
            1 => (inner.clone(), two, inner.clone(), inner.clone()).prop_map(|(a, f, b, c)| format!("{a}.{f}({b}, {c})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("get({a}, {b})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{{a}: {b}}}")),
            1 => inner.clone().prop_map(|a| format!("!({a})")),
            1 => inner.clone().prop_map(|a| format!("-({a})")),
            1 => inner.clone().prop_map(|a| format!("has(({a}).p)")),
            1 => inner.clone().prop_map(|a| format!("(type({a}) == type('x'))")),
            2 => (inner.clone(), macros, inner.clone(), select(vec!["i", "i > 1", "i == 'a'", "blank(i)", "i.size() > 0", "1 / i > 0"]))
                .prop_map(|(a, f, b, c)| format!("{a}.{f}(i, ({c}) || ({b}))")),
            1 => (inner.clone(), inner).prop_map(|(a, b)| format!("{a}.map(i, {a}.map(j, [i, j, {b}]))")),
        ]
    })
}

#[test]
fn the_evaluator_says_what_cel_says() {
    let values = Cell::new(0);
    let failures = RefCell::new(Vec::new());
    let source = prop_oneof![4 => expression(), 1 => condition()];
    let inputs = (source, proptest::collection::vec(value(), 3), value(), any::<bool>());
    TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(4096) })
        .run(&inputs, |(source, attributes, property, hidden)| {
            let fact = with_property(facts_of(Kind::Configuration, &attributes, hidden), "p", property, 1);
            match agree(&source, &fact) {
                Ok(is_value) => values.set(values.get() + usize::from(is_value)),
                Err(error) => failures.borrow_mut().push(error.to_string()),
            }
            Ok(())
        })
        .unwrap();
    // The shortest say most.
    let mut failures = failures.into_inner();
    failures.sort_by_key(String::len);
    failures.truncate(12);
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(values.get() > 500, "{}", values.get());
}

#[test]
fn every_function_is_called() {
    let fact = facts_of(Kind::Configuration, &[crate::facts::Value::from("x")], false);
    let calls = [
        "blank(' ')",
        "text(null)",
        "get({'a': 1}, 'a')",
        "names({'b': 1, 'a': 2})",
        "size('äb')",
        "'abc'.contains('b')",
        "'abc'.startsWith('a')",
        "'abc'.endsWith('c')",
        "'abc'.matches('^a.c$')",
        "has({'a': 1}.a)",
        "[1].all(i, i > 0)",
        "[1].exists(i, i > 0)",
        "[1, 2].exists_one(i, i > 1)",
        "[1].map(i, i + 1)",
        "[1, 2].filter(i, i > 1)",
        "[1, 2].map(i, i > 1, i * 2)",
        "int('7')",
        "uint(7)",
        "double('2.5')",
        "string(2.5)",
        "bool('t')",
        "type(1) == type(2)",
        "dyn([1])",
        "'abc'.charAt(1)",
        "'abcb'.indexOf('b', 2)",
        "'abcb'.lastIndexOf('b', 2)",
        "['a', 'b'].join('-')",
        "'A'.lowerAscii()",
        "'a'.upperAscii()",
        "' a '.trim()",
        "'aaa'.replace('a', 'b', 2)",
        "'a,b,c'.split(',', 2)",
        "'abc'.substring(1, 2)",
        "'abc'.reverse()",
        "'%s %d %.2f %e %b %x %X %o %% %s'.format(['a', 1, 2.345, 1234.5, 5, 255, 'k', 8, [1, {'a': null}]])",
    ];
    for call in calls {
        assert!(agree(call, &fact).unwrap(), "{call}");
    }
    for function in FUNCTIONS {
        assert!(calls.iter().any(|call| call.contains(&format!("{function}("))), "{function}");
    }
}

#[test]
fn a_function_on_what_can_be_null_is_told_unless_that_was_asked_first() {
    use crate::rules::toml_reader::{File, Text};
    let warned = |conditions: &[&str]| {
        let texts: Vec<Text> =
            conditions.iter().map(|text| Text { value: (*text).to_owned(), ..Text::default() }).collect();
        let source = conditions.join("\n");
        let file = File { name: "a.toml", text: &source, built_in: false };
        let mut check = super::NullCheck::new(file, &[Kind::ReplicationAgent], false);
        texts.iter().map(|text| check.condition(text).len()).sum::<usize>()
    };
    for unguarded in [
        "fact.transport_uri.startsWith('http:')",
        "fact.enabled != false && fact.transport_uri.startsWith('http:')",
        "fact.transport_uri == null && fact.transport_uri.size() > 0",
        "fact.transport_uri != null || fact.transport_uri.size() > 0",
        "fact.legacy ? fact.transport_uri.size() > 0 : false",
        "!(fact.transport_uri.contains('x'))",
    ] {
        assert_eq!(warned(&[unguarded]), 1, "{unguarded}");
    }
    for guarded in [
        "text(fact.transport_uri).startsWith('http:')",
        "fact.transport_uri != null && fact.transport_uri.startsWith('http:')",
        "!blank(fact.transport_uri) && fact.transport_uri.startsWith('http:')",
        "blank(fact.transport_uri) || fact.transport_uri.startsWith('http:')",
        "!(fact.transport_uri == null || fact.tenant == null) && fact.transport_uri.size() > fact.tenant.size()",
        "fact.transport_uri == null ? false : fact.transport_uri.startsWith('http:')",
        "fact.tenant == 'x' && fact.tenant.size() > 0",
        "fact.tenant in ['x'] && fact.tenant.size() > 0",
        "fact.differing.size() > 0",
    ] {
        assert_eq!(warned(&[guarded]), 0, "{guarded}");
    }
    assert_eq!(warned(&["fact.tenant < 'x' && fact.tenant.size() > 0"]), 1, "what was compared is not null");
    assert_eq!(warned(&["fact.tenant + fact.transport_uri == 'x'"]), 2);
    assert_eq!(warned(&["fact.tenant != null && fact.tenant < 'x'"]), 0);
    assert_eq!(warned(&["fact.tenant != null", "fact.tenant.size() > 0"]), 0);
    assert_eq!(warned(&["fact.tenant.size() > 0", "fact.tenant.size() > 1"]), 2);
    let text = |value: &str| Text { value: value.to_owned(), ..Text::default() };
    let mut check =
        super::NullCheck::new(File { name: "a.toml", text: "", built_in: false }, &[Kind::ReplicationAgent], true);
    let message = text("{{x}} {count} of {fact.tenant.size()}, {fact.tenant}, {text(fact.tenant).size()}");
    assert_eq!(check.template(&message).len(), 1);
    assert!(check.condition(&text("!blank(fact.tenant)")).is_empty());
    assert!(check.template(&message).is_empty());
}
