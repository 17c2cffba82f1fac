//! The parts of a document and whose names are whose: exercises, headings, items of lists, paragraphs.
//!
//! A name that another exercise gave its meaning may be given a new one, and what is said of it here may be about another thing.
//! Items of a list are steps of one derivation if one of them uses a name that an earlier one defined; otherwise each has names of
//! its own. This room decides nothing about formulas.

use std::collections::{BTreeMap, BTreeSet};

use super::boundaries::Boundary;

/// What a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    /// The whole document.
    Whole,
    /// Below a heading of a level; is it an exercise?
    Heading(u8, bool),
    /// An environment or an element with names of its own.
    Environment(String),
    /// A list or a table: what its items are marked with, or its name, and the number of the last item.
    List(String, Option<u32>),
    /// An item.
    Item,
}

#[derive(Clone, Debug)]
struct Node {
    parent: usize,
    part: Part,
}

/// How what a name stands for is related to the place where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::check) enum Relation {
    /// It was said in the same part, or around it.
    Own,
    /// It was said in another part: it holds here, unless something else is said.
    Apart,
    /// It was said in another exercise, and may be something else here.
    Foreign,
}

/// A place in a document: its part, and the paragraph and the row there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::check) struct Place {
    node: usize,
    paragraph: usize,
    row: usize,
}

impl Place {
    /// Does an empty line part the two?
    pub fn is_in_other_paragraph(self, other: Place) -> bool {
        self.paragraph != other.paragraph
    }
}

/// A statement as it mentions names: where, which it uses, and which it says the meaning of.
#[derive(Clone, Debug)]
pub(in crate::check) struct Mention {
    pub at: usize,
    /// The row of its formula, counted through the document.
    pub row: usize,
    pub uses: Vec<String>,
    pub defines: Option<String>,
}

/// What was crossed on the way to a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::check) struct Crossed {
    /// An exercise or a heading.
    pub chapter: bool,
    /// Any part.
    pub section: bool,
    /// Something after which no chain goes on.
    pub end: bool,
}

/// The parts of a document.
#[derive(Clone, Debug, Default)]
pub(in crate::check) struct Scopes {
    nodes: Vec<Node>,
    /// From where on which part is the innermost, and what is crossed there.
    steps: Vec<(usize, Place, Crossed)>,
    /// Lists, paragraphs of parts and rows, with names that stand for something else in each of them.
    parallel: BTreeSet<(Kind, usize, String)>,
}

/// Of what the members are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Items,
    Paragraphs,
    Rows,
}

impl Scopes {
    /// Builds the parts from their boundaries, and looks at which names are whose.
    pub fn new(text: &str, body: usize, boundaries: Vec<(usize, Boundary)>, mentions: &[Mention]) -> Self {
        let whole = Node { parent: 0, part: Part::Whole };
        let mut scopes = Scopes { nodes: vec![whole], ..Scopes::default() };
        let mut here = Place::default();
        let mut paragraphs = paragraph_ends(text, body).into_iter().peekable();
        for (at, boundary) in boundaries {
            while let Some(end) = paragraphs.next_if(|end| *end <= at) {
                here.paragraph += 1;
                scopes.steps.push((end, here, Crossed::default()));
            }
            let mut node = here.node;
            let crossed = scopes.cross(&mut node, boundary);
            if node != here.node || crossed != Crossed::default() {
                here.node = node;
                scopes.steps.push((at, here, crossed));
            }
        }
        for end in paragraphs {
            here.paragraph += 1;
            scopes.steps.push((end, here, Crossed::default()));
        }
        scopes.compare(mentions);
        scopes
    }

    /// Goes over a boundary.
    fn cross(&mut self, node: &mut usize, boundary: Boundary) -> Crossed {
        let chapter = Crossed { chapter: true, section: true, end: true };
        let section = Crossed { chapter: false, section: true, end: true };
        match boundary {
            Boundary::Heading(level) | Boundary::Exercise(level) => {
                let is_exercise = matches!(boundary, Boundary::Exercise(_));
                *node = self.above(*node, level);
                *node = self.push(*node, Part::Heading(level, is_exercise));
                chapter
            }
            Boundary::Step => Crossed { chapter: false, section: false, end: true },
            Boundary::Open(name) => {
                *node = self.push(*node, Part::Environment(name));
                chapter
            }
            Boundary::List(name) => {
                *node = self.push(*node, Part::List(name, None));
                Crossed::default()
            }
            Boundary::Close(name) => self.close(node, &name),
            Boundary::Item(style, number) => {
                self.item(node, style, number);
                section
            }
            Boundary::Paragraph => {
                // A list with bullets is over.
                if let Some(list) =
                    self.around(*node, |part| matches!(part, Part::List(style, _) if style.starts_with('-')))
                {
                    *node = self.nodes[list].parent;
                    return section;
                }
                Crossed::default()
            }
            Boundary::NoTable => {
                if let Some(list) =
                    self.around(*node, |part| matches!(part, Part::List(style, _) if style == "|"))
                {
                    *node = self.nodes[list].parent;
                    return section;
                }
                Crossed::default()
            }
        }
    }

    fn push(&mut self, parent: usize, part: Part) -> usize {
        self.nodes.push(Node { parent, part });
        self.nodes.len() - 1
    }

    /// The part below which a heading of a level stands.
    fn above(&self, mut node: usize, level: u8) -> usize {
        let mut found = None;
        loop {
            match &self.nodes[node].part {
                Part::Whole => return found.unwrap_or(node),
                Part::Heading(own, _) if *own < level => return found.unwrap_or(node),
                // A label within an example stays in it, and so it does in an item.
                Part::Environment(_) if level > 7 => return found.unwrap_or(node),
                _ => {}
            }
            found = None;
            node = self.nodes[node].parent;
        }
    }

    fn close(&mut self, node: &mut usize, name: &str) -> Crossed {
        let found = self.around(*node, |part| match part {
            Part::Environment(own) | Part::List(own, _) => own == name,
            _ => false,
        });
        let Some(found) = found else { return Crossed::default() };
        let is_list = matches!(self.nodes[found].part, Part::List(..));
        *node = self.nodes[found].parent;
        Crossed { chapter: !is_list, section: true, end: true }
    }

    /// The nearest part around a place that is of a kind, within its exercise.
    fn around(&self, mut node: usize, is_it: impl Fn(&Part) -> bool) -> Option<usize> {
        loop {
            let part = &self.nodes[node].part;
            if is_it(part) {
                return Some(node);
            }
            if matches!(part, Part::Whole | Part::Heading(..)) {
                return None;
            }
            node = self.nodes[node].parent;
        }
    }

    fn item(&mut self, node: &mut usize, style: String, number: Option<u32>) {
        let is_marked = matches!(style.as_str(), "item" | "row" | "element");
        let list = self.around_in_environment(*node, |part| match part {
            // An item of LaTeX belongs to the list around it.
            Part::List(own, _) if is_marked => {
                own.chars().all(char::is_alphabetic) && !matches!(own.as_str(), "part" | "frame")
            }
            Part::List(own, _) => *own == style,
            _ => false,
        });
        let list = if let Some(list) = list {
            let parent = self.nodes[list].parent;
            match &mut self.nodes[list].part {
                // Numbers that begin again are those of another list.
                Part::List(_, last) if last.is_some() && number.is_some() && number <= *last => {
                    self.push(parent, Part::List(style, number))
                }
                Part::List(_, last) => {
                    *last = number;
                    list
                }
                _ => list,
            }
        } else {
            self.push(*node, Part::List(style, number))
        };
        *node = self.push(list, Part::Item);
    }

    /// The same as [`Self::around`], not beyond an environment.
    fn around_in_environment(&self, mut node: usize, is_it: impl Fn(&Part) -> bool) -> Option<usize> {
        loop {
            let part = &self.nodes[node].part;
            if is_it(part) {
                return Some(node);
            }
            if matches!(part, Part::Whole | Part::Heading(..) | Part::Environment(_)) {
                return None;
            }
            node = self.nodes[node].parent;
        }
    }

    /// Where a byte stands.
    pub fn place(&self, at: usize, row: usize) -> Place {
        let step = self.steps.partition_point(|(start, ..)| *start <= at).checked_sub(1);
        let place =
            step.and_then(|step| self.steps.get(step)).map_or(Place::default(), |(_, place, _)| *place);
        Place { row, ..place }
    }

    /// What is crossed between two bytes.
    pub fn crossed(&self, from: usize, to: usize) -> Crossed {
        let first = self.steps.partition_point(|(at, ..)| *at < from);
        self.steps[first..].iter().take_while(|(at, ..)| *at <= to).fold(
            Crossed::default(),
            |sum, (_, _, crossed)| Crossed {
                chapter: sum.chapter || crossed.chapter,
                section: sum.section || crossed.section,
                end: sum.end || crossed.end,
            },
        )
    }

    /// From a part up to the whole.
    fn path(&self, mut node: usize) -> Vec<usize> {
        let mut path = vec![node];
        while node != 0 {
            node = self.nodes.get(node).map_or(0, |node| node.parent);
            path.push(node);
        }
        path
    }

    /// How a meaning that a name was given at one place is related to another place.
    pub fn relation(&self, name: &str, given: Place, here: Place) -> Relation {
        let of = |kind: Kind, group: usize| self.parallel.contains(&(kind, group, base(name).to_owned()));
        if given.node == here.node {
            let is_apart = given.paragraph != here.paragraph && of(Kind::Paragraphs, here.node)
                || given.row != here.row && of(Kind::Rows, here.node);
            return if is_apart { Relation::Apart } else { Relation::Own };
        }
        let (from, to) = (self.path(given.node), self.path(here.node));
        // What is not common to both.
        let apart = |path: &[usize], other: &[usize]| -> Vec<usize> {
            path.iter().copied().filter(|node| !other.contains(node)).collect()
        };
        let (left, entered) = (apart(&from, &to), apart(&to, &from));
        let is_of_list = |node: &usize| matches!(self.nodes[*node].part, Part::List(..) | Part::Item);
        let lists = |nodes: &[usize]| {
            nodes.iter().any(|node| {
                let list = match self.nodes[*node].part {
                    Part::List(..) => *node,
                    _ => self.nodes[*node].parent,
                };
                of(Kind::Items, list)
            })
        };
        if left.iter().chain(&entered).all(is_of_list) {
            return if lists(&left) || lists(&entered) { Relation::Apart } else { Relation::Own };
        }
        let is_exercise =
            |node: &usize| matches!(self.nodes[*node].part, Part::Environment(_) | Part::Heading(_, true));
        match left.iter().all(is_of_list) {
            // What was said around an exercise or above a heading holds there, and may be said anew.
            true => Relation::Apart,
            false if left.iter().chain(&entered).any(is_exercise) => Relation::Foreign,
            false => Relation::Apart,
        }
    }

    /// Finds the lists, paragraphs and rows each of which has names of its own.
    fn compare(&mut self, mentions: &[Mention]) {
        // For each group and name: per member, was it defined first, used first, and used after it was defined?
        let mut groups: BTreeMap<(Kind, usize, String), Vec<(usize, bool, bool)>> = BTreeMap::new();
        for mention in mentions {
            let place = self.place(mention.at, mention.row);
            let mut members =
                vec![(Kind::Paragraphs, place.node, place.paragraph), (Kind::Rows, place.node, place.row)];
            for node in self.path(place.node) {
                if self.nodes[node].part == Part::Item {
                    members.push((Kind::Items, self.nodes[node].parent, node));
                }
            }
            let defined = mention.defines.as_deref().map(base);
            let used = mention.uses.iter().map(|name| (name.as_str(), false));
            for (name, defines) in used.chain(defined.map(|name| (name, true))) {
                for (kind, group, member) in &members {
                    let known = groups.entry((*kind, *group, name.to_owned())).or_default();
                    match known.last_mut().filter(|(last, ..)| last == member) {
                        Some((_, _, used_after)) => *used_after |= !defines,
                        None => known.push((*member, defines, false)),
                    }
                }
            }
        }
        for ((kind, group, name), members) in groups {
            let is_defined_first = members.iter().all(|(_, defined, _)| *defined);
            let are_used = members.iter().all(|(_, _, used)| *used);
            if members.len() > 1 && is_defined_first && (kind == Kind::Items || are_used) {
                self.parallel.insert((kind, group, name));
            }
        }
    }
}

/// A name without its subscript.
fn base(name: &str) -> &str {
    name.split('_').next().unwrap_or(name)
}

/// Where paragraphs end: at empty lines.
fn paragraph_ends(text: &str, body: usize) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut was_blank = true;
    for (span, line) in super::lines(text, body) {
        let is_blank = line.trim().is_empty();
        if is_blank && !was_blank {
            ends.push(span.start);
        }
        was_blank = is_blank;
    }
    ends
}
