//! The structure of the crate: which room may import which, and no files that import each other in a circle.
//!
//! It reads `use` declarations and paths that begin with `crate::`, as text. Tests are left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;

/// The rooms from the lowest up. Each may import only those before it.
const ROOMS: [&str; 22] = [
    "model",
    "simulator",
    "manifest",
    "api",
    "store",
    "ledger",
    "plan",
    "brief",
    "config",
    "init",
    "observe",
    "import",
    "convert",
    "apply",
    "journal",
    "keys",
    "snapshot",
    "run",
    "git",
    "forge",
    "render",
    "cli",
];

/// The most lines of `cli` for each command: it turns arguments into settings, and how a run ended into output.
const MOST_LINES_OF_A_COMMAND: usize = 330;

#[test]
fn a_room_imports_only_lower_rooms() {
    let mut upward = Vec::new();
    for (rank, room) in ROOMS.iter().enumerate() {
        for file in sources(&root().join("src").join(room)) {
            for other in imported_rooms(&code(&file)) {
                let other_rank = ROOMS.iter().position(|name| *name == other);
                if other_rank.is_some_and(|other_rank| other_rank > rank) {
                    upward.push(format!("{} imports {other}", shown(&file)));
                }
            }
        }
    }
    assert_eq!(upward, Vec::<String>::new());
}

#[test]
fn every_room_has_its_rank() {
    let folders = fs::read_dir(root().join("src")).expect("the folder can be read");
    let mut rooms: Vec<String> = folders
        .map(|entry| entry.expect("the folder can be read"))
        .filter(|entry| entry.path().join("mod.rs").exists())
        .map(|entry| entry.file_name().into_string().expect("names are UTF-8"))
        .filter(|name| name != "tests")
        .collect();
    rooms.sort();
    let mut ranked = ROOMS.map(str::to_owned);
    ranked.sort();
    assert_eq!(rooms, ranked);
}

#[test]
fn the_simulator_shares_nothing_with_the_client() {
    let sharing: Vec<String> = sources(&root().join("src/simulator"))
        .iter()
        .flat_map(|file| {
            let rooms = imported_rooms(&code(file)).into_iter();
            let others = rooms.filter(|room| room != "simulator" && ROOMS.contains(&room.as_str()));
            others.map(|room| format!("{} imports {room}", shown(file)))
        })
        .collect();
    assert_eq!(sharing, Vec::<String>::new());
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let mut circles = Vec::new();
    for folder in folders(&root().join("src")) {
        let imports = imports_of(&folder);
        for file in imports.keys() {
            if let Some(circle) = circle_through(file, &imports) {
                circles.push(format!("{}: {}", shown(&folder), circle.join(" -> ")));
            }
        }
    }
    assert_eq!(circles, Vec::<String>::new());
}

#[test]
fn the_command_line_stays_small() {
    let files = sources(&root().join("src/cli"));
    let lines: usize = files.iter().map(|file| code(file).lines().count()).sum();
    let arguments = fs::read_to_string(root().join("src/cli/args.rs"));
    let arguments = arguments.expect("it can be read");
    let (_, commands) = arguments
        .split_once("enum Command {")
        .expect("it has commands");
    let (commands, _) = commands.split_once("\n}").expect("it has an end");
    let is_command =
        |line: &&str| line.starts_with("    ") && line.as_bytes()[4].is_ascii_uppercase();
    let commands = commands.lines().filter(is_command).count();
    assert!(
        lines < MOST_LINES_OF_A_COMMAND * commands,
        "{lines} lines for {commands} commands"
    );
}

/// Which of its neighbours each file or folder of this folder imports, by module name.
fn imports_of(folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let entry = fs::read_to_string(folder.join("mod.rs")).expect("a room has a mod.rs");
    let modules: BTreeSet<String> = modules(folder);
    let mut homes = BTreeMap::new();
    for path in paths(&entry) {
        if let [module, .., name] = &*path
            && modules.contains(module)
        {
            homes.insert(name.clone(), module.clone());
        }
    }
    let own = module_path(folder);
    let mut imports = BTreeMap::new();
    for module in &modules {
        let mut imported = BTreeSet::new();
        for file in sources_of_module(folder, module) {
            let depth = file
                .strip_prefix(folder)
                .map_or(1, |path| path.components().count());
            for path in paths(&code(&file)) {
                let Some(rest) = below(&path, &own, depth) else {
                    continue;
                };
                let Some(first) = rest.first() else { continue };
                let home = modules.get(first).or_else(|| homes.get(first));
                imported.extend(home.filter(|home| *home != module).cloned());
            }
        }
        imports.insert(module.clone(), imported);
    }
    imports
}

/// What a path names below the folder with this module path, from a file that lies this deep in it.
fn below<'p>(path: &'p [String], own: &[String], depth: usize) -> Option<&'p [String]> {
    if path.first().is_some_and(|first| first == "crate") {
        return path[1..].strip_prefix(own);
    }
    let supers = path.iter().take_while(|part| *part == "super").count();
    (supers == depth && supers > 0).then(|| &path[supers..])
}

fn circle_through(
    start: &str,
    imports: &BTreeMap<String, BTreeSet<String>>,
) -> Option<Vec<String>> {
    let mut ways = vec![vec![start.to_owned()]];
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop() {
        let last = way.last().expect("a way has a start");
        for next in imports.get(last).into_iter().flatten() {
            let mut further = way.clone();
            further.push(next.clone());
            if next == start {
                return Some(further);
            }
            if seen.insert(next.clone()) {
                ways.push(further);
            }
        }
    }
    None
}

/// The modules of a folder that are code and not tests.
fn modules(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("the folder can be read");
    entries
        .map(|entry| entry.expect("the folder can be read").path())
        .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
        .filter(|name| name != "mod" && !name.contains("tests"))
        .collect()
}

fn sources_of_module(folder: &Path, module: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let file = folder.join(format!("{module}.rs"));
    if file.exists() {
        files.push(file);
    }
    if folder.join(module).is_dir() {
        files.extend(sources(&folder.join(module)));
    }
    files
}

/// The path of a folder's module: `simulator::faults` as its parts.
fn module_path(folder: &Path) -> Vec<String> {
    let path = folder
        .strip_prefix(root().join("src"))
        .expect("it is in src");
    let parts = path.components();
    parts
        .map(|part| {
            part.as_os_str()
                .to_str()
                .expect("names are UTF-8")
                .to_owned()
        })
        .collect()
}

/// The rooms that a text names after `crate::`.
fn imported_rooms(code: &str) -> BTreeSet<String> {
    let mut rooms = BTreeSet::new();
    for path in paths(code) {
        if let [first, room, ..] = &*path
            && first == "crate"
        {
            rooms.insert(room.clone());
        }
    }
    for part in code.split("crate::").skip(1) {
        let end = part.find(|c: char| !c.is_alphanumeric() && c != '_');
        rooms.insert(part[..end.unwrap_or(part.len())].to_owned());
    }
    rooms
}

/// The paths of all `use` declarations, each with all of its parts.
fn paths(code: &str) -> Vec<Vec<String>> {
    let mut paths = Vec::new();
    for line in declarations(code) {
        let tree: String = line.split_whitespace().collect::<Vec<_>>().join(" ");
        leaves(&tree, &[], &mut paths);
    }
    paths
}

/// What stands between `use` and `;`.
fn declarations(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for start in [
        "\nuse ",
        "\npub use ",
        "\npub(crate) use ",
        "\npub(super) use ",
    ] {
        for part in code.split(start).skip(1) {
            found.extend(part.split(';').next());
        }
    }
    found
}

fn leaves(tree: &str, prefix: &[String], paths: &mut Vec<Vec<String>>) {
    let tree = tree.trim();
    if let Some((before, group)) = tree.split_once('{') {
        let mut prefix = prefix.to_vec();
        prefix.extend(parts(before));
        let group = group.trim_end().strip_suffix('}').unwrap_or(group);
        for member in members(group) {
            leaves(member, &prefix, paths);
        }
    } else if !tree.is_empty() {
        let name = tree.split(" as ").next().unwrap_or(tree);
        let mut path = prefix.to_vec();
        path.extend(parts(name));
        paths.push(path);
    }
}

fn parts(path: &str) -> impl Iterator<Item = String> {
    let parts = path.split("::").map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned)
}

/// The members of a group, split at the commas that are in no inner group.
fn members(group: &str) -> Vec<&str> {
    let (mut members, mut depth, mut start) = (Vec::new(), 0, 0);
    for (index, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                members.push(&group[start..index]);
                start = index + 1;
            }
            _ => {}
        }
    }
    members.push(&group[start..]);
    members
}

/// The text of a file without the tests at its end and without comments.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("sources are UTF-8");
    let end = text
        .find("\n#[cfg(test)]\nmod tests {")
        .unwrap_or(text.len());
    let lines = text[..end].lines();
    let code = lines.filter(|line| !line.trim_start().starts_with("//"));
    code.fold(String::from("\n"), |code, line| code + line + "\n")
}

/// The files of code at or below a folder; those of tests are left out.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        let name = path.file_name().and_then(|name| name.to_str());
        if name.is_some_and(|name| name.contains("tests")) {
            continue;
        }
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// The folders at or below this one that have a `mod.rs`, those of tests left out.
fn folders(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() && !path.ends_with("tests") {
            if path.join("mod.rs").exists() {
                found.push(path.clone());
            }
            found.extend(folders(&path));
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    let path = path.strip_prefix(root()).unwrap_or(path);
    path.display().to_string()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
