//! The files of a crate and the arrows between them: file A has one to file B when a path in it names something in B.
//!
//! A re-export (`pub use`) is no arrow: it gives a name another path, and arrows lead through it to the file that has the item.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::words::{Word, without_tests, words};

/// The sources of a crate, by their path in its `src`.
pub type Sources = BTreeMap<String, String>;

/// Reads all sources of a folder.
pub fn sources(src: &Path) -> Sources {
    let mut sources = Sources::new();
    let mut folders: Vec<PathBuf> = vec![src.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(src).unwrap().to_str().unwrap().replace('\\', "/");
                sources.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    sources
}

/// A path in one file to something in another.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Arrow {
    pub from: String,
    pub line: usize,
    pub to: String,
}

/// A crate, as far as paths in it need.
#[derive(Default)]
pub struct Crate {
    /// The first one is the root.
    modules: Vec<Module>,
    /// Whether the root includes generated code, which has names of its own.
    includes: bool,
}

#[derive(Default)]
struct Module {
    /// A module in braces is part of a file, one with `include!` counts as a file of its own.
    file: String,
    parent: usize,
    children: BTreeMap<String, usize>,
    /// The names that `use` brings in, with their paths.
    names: BTreeMap<String, Vec<String>>,
    globs: Vec<Vec<String>>,
    /// The names of its own items.
    items: BTreeSet<String>,
    /// All paths that may lead to other files of the crate.
    paths: Vec<(usize, Vec<String>)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Target {
    Module(usize),
    /// Something in a module.
    Item(usize),
}

impl Crate {
    /// Reads a crate from its root on; files that no `mod` names are left out.
    pub fn of(sources: &Sources, root: &str) -> Self {
        let mut krate = Self { includes: sources[root].contains("include!"), ..Self::default() };
        krate.file(sources, root.to_owned(), "", 0);
        krate
    }

    /// Its files, without unit tests.
    pub fn files(&self) -> BTreeSet<&str> {
        self.modules.iter().map(|module| module.file.as_str()).collect()
    }

    /// The items of the root itself and of its modules in braces.
    pub fn items_of_root(&self) -> Vec<&str> {
        let root = &self.modules[0].file;
        self.modules.iter().filter(|module| module.file == *root).flat_map(|module| module.items.iter().map(String::as_str)).collect()
    }

    /// All arrows, in order.
    pub fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = BTreeSet::new();
        for (index, module) in self.modules.iter().enumerate() {
            for (line, path) in &module.paths {
                if let Some(Target::Module(target) | Target::Item(target)) = self.resolve(index, path, 0)
                    && self.modules[target].file != module.file
                {
                    arrows.insert(Arrow { from: module.file.clone(), line: *line, to: self.modules[target].file.clone() });
                }
            }
        }
        arrows.into_iter().collect()
    }

    /// The target of a path, through all re-exports; `None` for another crate.
    fn resolve(&self, from: usize, path: &[String], depth: usize) -> Option<Target> {
        let (first, mut rest) = path.split_first()?;
        let mut module = match first.as_str() {
            "crate" => 0,
            "self" => from,
            "super" => self.modules[from].parent,
            child => {
                rest = path;
                // The path may begin with a module here, or be of another crate.
                self.modules[from].children.contains_key(child).then_some(from)?
            }
        };
        while let Some((name, after)) = rest.split_first() {
            match name.as_str() {
                "self" => {}
                "super" => module = self.modules[module].parent,
                name => match self.look_up(module, name, depth)? {
                    Target::Module(inner) => module = inner,
                    item => return Some(item),
                },
            }
            rest = after;
        }
        Some(Target::Module(module))
    }

    fn look_up(&self, module: usize, name: &str, depth: usize) -> Option<Target> {
        let here = &self.modules[module];
        if let Some(child) = here.children.get(name) {
            return Some(Target::Module(*child));
        }
        // Re-exports may form a ring; more than this many steps no name needs.
        if here.items.contains(name) || depth > 20 {
            return Some(Target::Item(module));
        }
        if let Some(path) = here.names.get(name) {
            return self.resolve(module, path, depth + 1);
        }
        let by_glob = here.globs.iter().find_map(|path| {
            let Some(Target::Module(other)) = self.resolve(module, path, depth + 1) else { return None };
            let other_has_it = self.modules[other].items.contains(name) || self.modules[other].names.contains_key(name);
            if other_has_it || !self.modules[other].globs.is_empty() { self.look_up(other, name, depth + 1) } else { None }
        });
        // A name that is not found is generated, or made by a macro; or else it is in code that the crate generates for another.
        by_glob.or((module != 0 || self.includes).then_some(Target::Item(module)))
    }

    /// Reads a file; `folder` is where its modules are.
    fn file(&mut self, sources: &Sources, file: String, folder: &str, parent: usize) -> usize {
        let words = without_tests(words(&sources[&file]));
        let index = self.module(file, parent);
        self.items(sources, &words, index, folder);
        index
    }

    fn module(&mut self, file: String, parent: usize) -> usize {
        self.modules.push(Module { file, parent, ..Module::default() });
        self.modules.len() - 1
    }

    /// Reads the items of a module, in a file or in braces.
    fn items(&mut self, sources: &Sources, words: &[Word], module: usize, folder: &str) {
        // Modules first, since paths may name those that come later.
        let mut inner: Vec<(usize, usize)> = Vec::new();
        let mut depth = 0_usize;
        let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
        let mut at = 0;
        while at < words.len() {
            match text(at) {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth = depth.saturating_sub(1),
                "mod" if depth == 0 => {
                    let name = text(at + 1).to_owned();
                    let inside = format!("{folder}{name}/");
                    let child = match text(at + 2) {
                        ";" => {
                            let paths = [format!("{folder}{name}.rs"), format!("{inside}mod.rs")];
                            let file = paths
                                .into_iter()
                                .find(|path| sources.contains_key(path))
                                .unwrap_or_else(|| panic!("no file for mod {name} in {folder}"));
                            self.file(sources, file, &inside, module)
                        }
                        _ => {
                            let end = closing(words, at + 2);
                            let content = &words[at + 3..end];
                            let file = self.modules[module].file.clone();
                            let is_generated = content.iter().any(|word| word.text == "include");
                            let child = self.module(if is_generated { format!("{file} (mod {name})") } else { file }, module);
                            self.items(sources, content, child, &inside);
                            inner.push((at, end));
                            at = end;
                            child
                        }
                    };
                    self.modules[module].children.insert(name, child);
                }
                "struct" | "enum" | "union" | "trait" | "type" | "fn" | "const" | "static" if depth == 0 => {
                    let name = if text(at + 1) == "mut" { text(at + 2) } else { text(at + 1) };
                    // `const fn`, `const _`
                    if !matches!(name, "fn" | "_" | "unsafe" | "async") {
                        self.modules[module].items.insert(name.to_owned());
                    }
                }
                _ => {}
            }
            at += 1;
        }
        let is_inside = |at: usize| inner.iter().any(|(start, end)| (*start..*end).contains(&at));
        let mut at = 0;
        while at < words.len() {
            if is_inside(at) {
                at += 1;
                continue;
            }
            let line = words[at].line;
            let before = if at == 0 { "" } else { text(at - 1) };
            match text(at) {
                // Not `impl Trait + use<'a>`.
                "use" if text(at + 1) != "<" => {
                    let end = (at..words.len()).find(|at| text(*at) == ";").unwrap_or(words.len());
                    let is_re_export = before == "pub" || before == ")";
                    let mut paths = Vec::new();
                    tree(&words[at + 1..end], &mut 0, &[], &mut paths);
                    for (line, name, path) in paths {
                        match name {
                            Some(name) => drop(self.modules[module].names.insert(name, path.clone())),
                            None => self.modules[module].globs.push(path.clone()),
                        }
                        if !is_re_export {
                            self.modules[module].paths.push((line, path));
                        }
                    }
                    at = end;
                }
                // Not the `crate` of `pub(in crate::…)`, which uses nothing.
                _ if text(at + 1) == "::" && !matches!(before, "::" | "in" | ".") => {
                    let mut path = vec![text(at).to_owned()];
                    while text(at + 1) == "::" && text(at + 2).starts_with(|c: char| c.is_alphabetic() || c == '_') {
                        path.push(text(at + 2).to_owned());
                        at += 2;
                    }
                    self.modules[module].paths.push((line, path));
                }
                _ => {}
            }
            at += 1;
        }
    }
}

/// The paths of a `use`, each with the name that it brings in, or none for `*`.
fn tree(words: &[Word], at: &mut usize, prefix: &[String], paths: &mut Vec<(usize, Option<String>, Vec<String>)>) {
    let text = |at: usize| words.get(at).map_or("", |word| word.text.as_str());
    let mut path = prefix.to_vec();
    let line = words.get(*at).map_or(0, |word| word.line);
    loop {
        match text(*at) {
            "::" => {}
            "*" => {
                paths.push((line, None, path));
                *at += 1;
                return;
            }
            "{" => {
                *at += 1;
                while !matches!(text(*at), "}" | "") {
                    tree(words, at, &path, paths);
                    if text(*at) == "," {
                        *at += 1;
                    }
                }
                *at += 1;
                return;
            }
            "," | "}" | "" | "as" => break,
            name => path.push(name.to_owned()),
        }
        *at += 1;
    }
    if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
        path.pop();
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if text(*at) == "as" {
        name = text(*at + 1).to_owned();
        *at += 2;
    }
    paths.push((line, Some(name), path));
}

/// The position of the brace that closes the one at `open`.
fn closing(words: &[Word], open: usize) -> usize {
    let mut depth = 0_usize;
    for (index, word) in words.iter().enumerate().skip(open) {
        match word.text.as_str() {
            "{" => depth += 1,
            "}" if depth == 1 => return index,
            "}" => depth -= 1,
            _ => {}
        }
    }
    words.len()
}
