//! Chains of sides: each side is judged against the chain, and the chain goes on with it.

use super::lines::{Chain, Checker, Outcome, Read, Standing};
use crate::check::Verdict;
use crate::check::document::claim::{Link, Side};
use crate::check::document::{Notation, Role};
use crate::check::sheet::Fact;
use crate::syntax::tree::Tree;

/// So many heads of chains are remembered: what a writer takes up again stands near.
const MOST_SEEN: usize = 300;

impl Checker<'_> {
    /// A chain that begins with something that could not be read.
    pub(super) fn unknown_chain(start: usize) -> Chain {
        Chain {
            head: None,
            before: None,
            standing: Standing::Unknown,
            length: 0,
            start,
            is_equation: false,
            under: Vec::new(),
        }
    }

    /// A chain that goes on from a value that nothing is to be said of.
    pub(super) fn chain_from(value: Tree, start: usize) -> Chain {
        Chain {
            head: Some(value.clone()),
            before: Some(Read { tree: value }),
            standing: Standing::Sound,
            length: 1,
            start,
            is_equation: false,
            under: Vec::new(),
        }
    }

    /// The conditions of the sentence at hand, which hold for it only.
    fn passing_conditions(&self) -> Vec<Fact> {
        let is_lasting = |fact: &&Fact| self.lasting.iter().any(|(known, _)| known == *fact);
        self.stated.iter().filter(|fact| !is_lasting(fact)).cloned().collect()
    }

    /// The chain is over; it may be taken up again.
    pub(super) fn end_chain(&mut self) {
        if let Some(chain) = self.chain.take()
            && let Some(head) = chain.head.clone()
            && chain.length > 0
            && !chain.is_equation
        {
            self.seen.retain(|(known, _)| *known != head);
            if self.seen.len() >= MOST_SEEN {
                self.seen.remove(0);
            }
            self.seen.push((head, chain));
        }
    }

    pub(in crate::check) fn link(
        &mut self,
        side: &Side,
        notation: Notation,
        condition: Option<&Tree>,
    ) -> Outcome {
        self.link_as(Role::Claim, side, notation, condition)
    }

    /// Judges one side against the chain, and lets the chain go on with it.
    pub(super) fn link_as(
        &mut self,
        role: Role,
        side: &Side,
        notation: Notation,
        condition: Option<&Tree>,
    ) -> Outcome {
        let Some(mut chain) = self.chain.take() else {
            return Outcome::undecided("nothing stands before this line");
        };
        let outcome = match self.read(side.span, notation) {
            Err(error) => {
                chain.before = None;
                if chain.standing == Standing::Sound {
                    chain.standing = Standing::Unknown;
                }
                Outcome { message: Some(error), ..Outcome::of(Verdict::Unreadable) }
            }
            Ok(tree) => {
                let outcome = self.judged(role, &chain, &tree, side, condition);
                let outcome = self.unless_outside(chain.head.as_ref(), &tree, outcome);
                chain.is_equation |= self.ended_equation(&chain, side);
                let (mut outcome, is_anew) = self.with_doubt(role, &mut chain, &tree, side, outcome);
                if is_anew {
                    self.chain = Some(chain);
                    return outcome;
                }
                self.remember_number(&tree, side, outcome.verdict);
                let is_open = outcome.verdict == Verdict::Given
                    && self.is_given(&chain, chain.head.as_ref().unwrap_or(&tree));
                match outcome.verdict {
                    Verdict::Right | Verdict::RightIf | Verdict::Rounding | Verdict::Given => {
                        if outcome.verdict != Verdict::Given {
                            chain.standing = Standing::Sound;
                        } else if is_open {
                            // What follows is compared with what is claimed of it.
                            if let Some(why) = chain.head.as_ref().map(|head| self.what_is_open(head)) {
                                outcome = Outcome::undecided(why);
                            }
                            chain.head = Some(tree.clone());
                            chain.before = Some(Read { tree: tree.clone() });
                            chain.length += 1;
                        }
                    }
                    Verdict::Wrong | Verdict::Shape | Verdict::Follows => chain.standing = Standing::Broken,
                    Verdict::Undecided | Verdict::Unreadable => {
                        if chain.standing == Standing::Sound {
                            chain.standing = Standing::Unknown;
                        }
                    }
                }
                if outcome.verdict != Verdict::Given && !is_open {
                    chain.before = Some(Read { tree: tree.clone() });
                    if side.link == Link::About {
                        // What follows is equal to this, and to what stands before it only about.
                        chain.head = None;
                    }
                    if chain.head.is_none() {
                        chain.head = Some(tree);
                    }
                    chain.length += 1;
                    chain.under = self.passing_conditions();
                }
                outcome
            }
        };
        self.chain = Some(chain);
        outcome
    }
}
