//! The house rules that the compiler does not know: floors, where crates may be used, and one file for each function name.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The floor of each room of `src`. A file may use only rooms on floors below its own, and its own room.
const FLOORS: &[(&str, u8)] = &[
    ("number", 0),
    ("span", 0),
    ("diagnostic", 1),
    ("function", 1),
    ("syntax", 2),
    ("ir", 3),
    ("certificate", 3),
    ("facts", 4),
    ("normal", 4),
    ("evaluate", 4),
    ("differentiate", 5),
    ("lower", 6),
    ("simplify", 6),
    ("print", 6),
    ("notation", 7),
    ("problem", 8),
    ("prove", 9),
    ("derivation", 10),
    ("check", 11),
    ("cli", 12),
];

/// The floors within `check`, from the text of a document up to what is said of its lines. Equations are looked at on the way
/// through a document and know the way: these two share a floor.
const FLOORS_OF_CHECK: &[(&str, u8)] = &[
    ("document", 0),
    ("rewrite", 0),
    ("sheet", 1),
    ("side", 1),
    ("decide", 2),
    ("mistakes", 3),
    ("preamble", 3),
    ("equations", 4),
    ("logarithms", 5),
    ("checker", 4),
];

/// Crates that belong to one room.
const CRATES: &[(&str, &[&str])] = &[
    ("egg", &["simplify", "prove"]),
    ("pest", &["syntax"]),
    ("pest_derive", &["syntax"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("indicatif", &["cli"]),
    ("annotate_snippets", &["cli"]),
    ("serde_json", &["cli", "certificate"]),
];

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, out: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                out.push((path, text));
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut out = Vec::new();
    walk(&root, &mut out);
    assert!(out.len() > 20, "the walk found the sources");
    out
}

/// The room a file belongs to: the first folder below `src`, or the file itself.
fn room(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let below = path.strip_prefix(root).unwrap();
    let first = below.components().next().unwrap().as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The code without its comments and without its test module, where other rooms may be used freely.
fn code(text: &str) -> String {
    let body = text.split("\n#[cfg(test)]").next().unwrap_or("");
    body.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

#[test]
fn files_use_only_floors_below_their_own() {
    let floors: BTreeMap<&str, u8> = FLOORS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = room(&path);
        if own == "lib" || own == "main" {
            continue;
        }
        // Test files of a room may look anywhere.
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "tests" || name == "testing" || name.ends_with("_tests") {
            continue;
        }
        let floor = *floors.get(own.as_str()).unwrap_or_else(|| panic!("the room {own} has no floor"));
        for piece in code(&text).split("crate::").skip(1) {
            let used: String = piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(other) = floors.get(used.as_str()) else { continue };
            if used != own && *other >= floor {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    wrong.sort();
    wrong.dedup();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn check_is_built_from_its_documents_up() {
    let floors: BTreeMap<&str, u8> = FLOORS_OF_CHECK.iter().copied().collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let below: Vec<String> = path
            .components()
            .map(|part| part.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned())
            .skip_while(|part| part != "src")
            .collect();
        let [_, room, own, ..] = &below[..] else { continue };
        if room != "check" || own == "mod" {
            continue;
        }
        let floor = *floors.get(own.as_str()).unwrap_or_else(|| panic!("check::{own} has no floor"));
        for piece in code(&text).split("crate::check::").skip(1) {
            let used: String = piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            let Some(other) = floors.get(used.as_str()) else { continue };
            if used != *own && *other > floor || used != *own && *other == floor && floor != 4 {
                wrong.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn outside_crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let own = room(&path);
        for (name, rooms) in CRATES {
            if code(&text).contains(&format!("{name}::")) && !rooms.contains(&own.as_str()) {
                wrong.push(format!("{} uses {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn one_file_knows_a_function_by_name() {
    for name in ["asinh", "atanh", "sech", "acoth", "logsumexp"] {
        let knowing: Vec<String> = sources()
            .iter()
            .filter(|(_, text)| {
                code(text).split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name)
            })
            .map(|(path, _)| path.display().to_string())
            .collect();
        assert!(knowing.len() <= 1, "{name} is known to {}", knowing.join(", "));
    }
}

#[test]
fn nothing_is_left_unfinished() {
    for (path, text) in sources() {
        for mark in ["todo!(", "unimplemented!(", "dbg!("] {
            assert!(!code(&text).contains(mark), "{} has {mark}", path.display());
        }
    }
}
