//! Deployments: what ends up in one AEM, decided by what the inputs hold.
//!
//! A package given by name is one deployment. A directory that holds source trees is one project, with the packages in
//! it. A directory that holds packages only is a shelf: each package in it is a deployment of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What is taken to end up in one AEM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grouping {
    /// A project is one, and so is each package of a directory that holds packages only.
    #[default]
    Usual,
    /// All inputs are one.
    Together,
    /// Each package and each content module is one.
    Apart,
    /// Each input is one.
    Inputs,
}

/// A file that was found in an input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part<'p> {
    /// The index of the input.
    pub(crate) input: u32,
    /// The file on disk; for what lies in archives the outermost of them.
    pub(crate) file: &'p str,
    /// What it belongs to.
    pub(crate) holder: Holder<'p>,
}

/// What a file on disk belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder<'p> {
    /// It is a package, or another archive.
    Package,
    /// A content module of a source tree: the folder on disk that holds its `jcr_root`.
    Module(&'p str),
    /// Neither.
    Nothing,
}

/// The deployments of a run. The default makes one of each input.
#[derive(Clone, Debug, Default)]
pub(crate) struct Deployments {
    together: bool,
    /// Each input has the number of its deployment.
    by_input: bool,
    /// The numbers of inputs that are one deployment.
    inputs: BTreeMap<u32, u32>,
    /// By input the numbers of packages, modules and the files in modules, where an input is several deployments.
    files: HashMap<u32, HashMap<Box<str>, u32>>,
    /// The first number that is free.
    next: u32,
    count: u32,
}

/// What was found in one input.
#[derive(Default)]
struct Found<'p> {
    packages: BTreeSet<&'p str>,
    modules: BTreeMap<&'p str, BTreeSet<&'p str>>,
}

impl Deployments {
    /// The deployments that inputs with these parts make, numbered in the order of inputs and names.
    pub(crate) fn new<'p>(grouping: Grouping, parts: impl IntoIterator<Item = Part<'p>>) -> Self {
        let mut inputs: BTreeMap<u32, Found<'p>> = BTreeMap::new();
        for part in parts {
            let found = inputs.entry(part.input).or_default();
            match part.holder {
                Holder::Package => {
                    found.packages.insert(part.file);
                }
                Holder::Module(folder) => {
                    let files = found.modules.entry(folder).or_default();
                    // Only `--apart` needs to know which file lies in which module.
                    if grouping == Grouping::Apart {
                        files.insert(part.file);
                    }
                }
                Holder::Nothing => {}
            }
        }
        if grouping == Grouping::Together {
            let count = u32::from(!inputs.is_empty());
            return Self { together: true, count, ..Self::default() };
        }
        if grouping == Grouping::Inputs {
            // Whoever numbered the inputs numbered deployments.
            let count = u32::try_from(inputs.len()).unwrap_or(u32::MAX);
            return Self { by_input: true, count, ..Self::default() };
        }
        let mut deployments = Self::default();
        for (input, found) in inputs {
            deployments.add(grouping, input, &found);
        }
        deployments
    }

    fn add(&mut self, grouping: Grouping, input: u32, found: &Found<'_>) {
        let is_project = grouping == Grouping::Usual && !found.modules.is_empty();
        if is_project || found.packages.len() + found.modules.len() < 2 {
            let number = self.number();
            self.inputs.insert(input, number);
            return;
        }
        let mut files: HashMap<Box<str>, u32> = HashMap::new();
        for &package in &found.packages {
            files.insert(package.into(), self.number());
        }
        for (&folder, inside) in &found.modules {
            let number = self.number();
            files.extend(inside.iter().chain([&folder]).map(|&file| (file.into(), number)));
        }
        self.files.insert(input, files);
    }

    /// A number for one more deployment.
    fn number(&mut self) -> u32 {
        let number = self.next;
        self.next = self.next.saturating_add(1);
        self.count = self.next;
        number
    }

    /// The number of the deployment of a file on disk that was found in an input. What belongs to no package and no module
    /// of a shelf stands beside its deployments.
    pub(crate) fn of(&self, input: u32, file: &str) -> u32 {
        if self.together {
            return 0;
        }
        if self.by_input {
            return input;
        }
        let found = self.files.get(&input).and_then(|files| files.get(file));
        let number = found.or_else(|| self.inputs.get(&input));
        number.copied().unwrap_or_else(|| self.next.saturating_add(input))
    }

    /// How many deployments there are.
    pub(crate) fn count(&self) -> u32 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(input: u32, file: &str) -> Part<'_> {
        Part { input, file, holder: Holder::Package }
    }

    fn module<'p>(input: u32, folder: &'p str, file: &'p str) -> Part<'p> {
        Part { input, file, holder: Holder::Module(folder) }
    }

    fn loose(input: u32, file: &str) -> Part<'_> {
        Part { input, file, holder: Holder::Nothing }
    }

    /// How many deployments the parts make, and the number of each part.
    fn numbers(grouping: Grouping, parts: &[Part<'_>]) -> (u32, Vec<u32>) {
        let deployments = Deployments::new(grouping, parts.iter().copied());
        (deployments.count(), parts.iter().map(|part| deployments.of(part.input, part.file)).collect())
    }

    #[test]
    fn a_package_by_name_is_one() {
        // Everything in it has the same file on disk.
        let parts = [package(0, "all.zip"), package(0, "all.zip")];
        assert_eq!(numbers(Grouping::Usual, &parts), (1, vec![0, 0]));
        assert_eq!(numbers(Grouping::Apart, &parts), (1, vec![0, 0]));
    }

    #[test]
    fn each_package_of_a_shelf_is_one_whatever_the_order_and_the_folders() {
        let parts = [package(0, "shelf/b/c.zip"), package(0, "shelf/a.zip"), package(0, "shelf/b/a.zip")];
        for grouping in [Grouping::Usual, Grouping::Apart] {
            assert_eq!(numbers(grouping, &parts), (3, vec![2, 0, 1]));
        }
        assert_eq!(numbers(Grouping::Together, &parts), (1, vec![0, 0, 0]));
    }

    #[test]
    fn what_lies_beside_the_packages_of_a_shelf_belongs_to_none_of_them() {
        let parts = [package(0, "a.zip"), package(0, "b.zip"), loose(0, "notes.txt"), package(1, "c.zip")];
        let (count, numbers) = numbers(Grouping::Usual, &parts);
        assert_eq!((count, &numbers[..2], numbers[3]), (3, &[0, 1][..], 2));
        assert!(numbers[2] >= count);
        // One package is no shelf.
        assert_eq!(self::numbers(Grouping::Usual, &[package(0, "a.zip"), loose(0, "notes.txt")]), (1, vec![0, 0]));
    }

    #[test]
    fn a_project_is_one_with_the_packages_in_it() {
        let one = [module(0, "ui", "ui/jcr_root/a.xml"), package(0, "vendor/a.zip"), package(0, "vendor/b.zip")];
        assert_eq!(numbers(Grouping::Usual, &one), (1, vec![0, 0, 0]));
        assert_eq!(numbers(Grouping::Apart, &one), (3, vec![2, 0, 1]));
        let two = [module(0, "ui.a", "ui.a/jcr_root/a.xml"), module(0, "ui.b", "ui.b/jcr_root/b.xml"), loose(0, "x")];
        assert_eq!(numbers(Grouping::Usual, &two), (1, vec![0, 0, 0]));
        let (count, apart) = numbers(Grouping::Apart, &two);
        assert_eq!((count, &apart[..2]), (2, &[0, 1][..]));
        // The module itself, as the place of a fact about it.
        assert_eq!(Deployments::new(Grouping::Apart, two).of(0, "ui.b"), 1);
    }

    #[test]
    fn each_input_is_judged_by_what_it_holds() {
        let parts = [
            module(0, "project/ui", "project/ui/jcr_root/a.xml"),
            package(0, "project/vendor.zip"),
            package(1, "shelf/a.zip"),
            package(1, "shelf/b.zip"),
            package(2, "shelf/a.zip"),
        ];
        assert_eq!(numbers(Grouping::Usual, &parts), (4, vec![0, 0, 1, 2, 3]));
        assert_eq!(numbers(Grouping::Apart, &parts), (5, vec![1, 0, 2, 3, 4]));
        assert_eq!(numbers(Grouping::Together, &parts), (1, vec![0; 5]));
    }

    #[test]
    fn an_input_of_which_nothing_is_known_shares_its_number_with_no_other() {
        let none = Deployments::default();
        assert_eq!((none.count(), none.of(0, "a"), none.of(1, "a")), (0, 0, 1));
        let some = Deployments::new(Grouping::Usual, [package(0, "a.zip"), package(2, "b.zip")]);
        assert_eq!((some.of(0, "a.zip"), some.of(2, "b.zip"), some.of(1, "damaged.zip")), (0, 1, 3));
        assert_eq!(Deployments::new(Grouping::Together, []).count(), 0);
    }
}
