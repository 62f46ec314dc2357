//! What an expression of a rule sees of a fact.
//!
//! Values are converted when an expression asks for them: most rules look at one or two attributes and say no, and
//! converting all properties of every fact would cost more than judging them.

use crate::facts::{COMMON, Fact, ValueRef};
use crate::secret::MASK;
use cel::common::traits::Indexer;
use cel::common::types::{CelMap, CelNull, CelString, Type};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::objects::Key;
use cel::{ExecutionError, Value};
use osgi_config::Target;
use std::collections::HashMap;
use std::sync::OnceLock;

/// A converted value.
type Boxed = Box<dyn Val>;

/// What expressions see of a fact. Made once for a fact, however many rules look at it.
pub(super) struct Scope<'f> {
    fact: Attributes<'f>,
    /// All attributes, for expressions that do more with `fact` than to name an attribute of it.
    whole: OnceLock<Boxed>,
    target: Target,
    target_name: OnceLock<Boxed>,
    /// What the message of a counting rule sees: the names of the distinct ones.
    names: Option<&'f [String]>,
    count: OnceLock<Boxed>,
    values: OnceLock<Boxed>,
}

impl<'f> Scope<'f> {
    /// The scope of expressions on `fact`.
    pub(super) fn new(fact: &'f Fact, target: Target) -> Self {
        Self {
            fact: Attributes::new(fact),
            whole: OnceLock::new(),
            target,
            target_name: OnceLock::new(),
            names: None,
            count: OnceLock::new(),
            values: OnceLock::new(),
        }
    }

    /// The fact.
    pub(super) fn fact(&self) -> &'f Fact {
        self.fact.fact
    }

    /// The consumer of configurations.
    pub(super) fn target(&self) -> Target {
        self.target
    }

    /// Adds what the message of a counting rule sees: the number of distinct ones and their names.
    pub(super) fn with_group(self, names: &'f [String]) -> Self {
        Self { names: Some(names), ..self }
    }
}

/// What expressions see as `target`.
pub(super) fn target_name(target: Target) -> &'static str {
    match target {
        Target::Aem65 => "aem-6.5",
        Target::Cloud => "cloud",
    }
}

/// A [`Scope`] for one expression.
pub(super) struct View<'s> {
    pub(super) scope: &'s Scope<'s>,
    /// Whether the expression uses `fact` as a value of its own.
    pub(super) whole: bool,
}

impl VariableResolver for View<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let Scope { fact, whole, target, target_name: name, names, count, values } = self.scope;
        let value: &'b dyn Val = match variable {
            "fact" if self.whole => whole.get_or_init(|| boxed(fact.all())).as_ref(),
            "fact" => fact,
            "target" => name.get_or_init(|| boxed(target_name(*target).into())).as_ref(),
            "count" => {
                let number = || Value::Int(names.map_or(0, |names| i64::try_from(names.len()).unwrap_or(i64::MAX)));
                names.map(|_| count.get_or_init(|| boxed(number())).as_ref())?
            }
            "values" => names.map(|names| values.get_or_init(|| boxed(Value::from(names.to_vec()))).as_ref())?,
            _ => return None,
        };
        Some(CowVal::Borrowed(value))
    }
}

/// A fact as a map from which only single members are taken.
#[derive(Debug)]
struct Attributes<'f> {
    fact: &'f Fact,
    /// Those of its kind, then the common ones.
    converted: OnceLock<Box<[OnceLock<Boxed>]>>,
}

impl<'f> Attributes<'f> {
    fn new(fact: &'f Fact) -> Self {
        Self { fact, converted: OnceLock::new() }
    }

    fn converted(&self) -> &[OnceLock<Boxed>] {
        let count = self.fact.kind().attributes().len() + COMMON.len();
        self.converted.get_or_init(|| (0..count).map(|_| OnceLock::new()).collect())
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fact.kind().attributes().iter().map(|spec| spec.name).chain(COMMON.iter().map(|spec| spec.name))
    }

    fn all(&self) -> Value {
        let members = self.names().map(|name| (Key::from(name), attribute(self.fact, name)));
        Value::from(members.collect::<HashMap<Key, Value>>())
    }
}

impl Val for Attributes<'_> {
    fn get_type(&self) -> &Type {
        <Self as Val>::cel_type()
    }

    fn cel_type() -> &'static Type {
        <CelMap<'static> as Val>::cel_type()
    }

    fn as_indexer<'b, 'v>(&'b self) -> Option<&'b (dyn Indexer + 'v)>
    where
        Self: 'v,
    {
        Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(Self::new(self.fact))
    }
}

impl Indexer for Attributes<'_> {
    fn get<'b, 'v>(&'b self, index: &dyn Val) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let name = index.downcast_ref::<CelString<'_>>().map(CelString::inner).unwrap_or_default();
        let found = self.names().zip(self.converted()).find(|(known, _)| *known == name);
        let Some((_, converted)) = found else { return Err(ExecutionError::no_such_key(name)) };
        Ok(CowVal::Borrowed(converted.get_or_init(|| boxed(attribute(self.fact, name))).as_ref()))
    }

    fn steal<'v>(self: Box<Self>, index: &dyn Val) -> Result<Box<dyn Val + 'v>, ExecutionError>
    where
        Self: 'v,
    {
        self.get(index).map(CowVal::into_owned)
    }
}

/// A value that cannot be converted reads as null: there is none among those that [`attribute`] makes.
fn boxed(value: Value) -> Boxed {
    let converted: Result<Boxed, ExecutionError> = value.try_into();
    converted.unwrap_or_else(|_| Box::new(CelNull))
}

/// An attribute of a fact; null for one that it does not have.
fn attribute(fact: &Fact, name: &str) -> Value {
    match name {
        "properties" => {
            let members =
                fact.properties.iter().map(|property| (property.name.clone(), to_cel((&property.value).into())));
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

fn to_cel(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Bool(value) => Value::Bool(value),
        ValueRef::Int(value) => Value::Int(value),
        ValueRef::Double(value) => Value::Float(value),
        ValueRef::Text(value) => value.into(),
        ValueRef::List(values) => Value::from(values.iter().map(|value| to_cel(value.into())).collect::<Vec<_>>()),
        ValueRef::Map(map) => {
            Value::from(map.iter().map(|(key, value)| (key.clone(), to_cel(value.into()))).collect::<HashMap<_, _>>())
        }
        ValueRef::Secret(_) => MASK.into(),
    }
}
