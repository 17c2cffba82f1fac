//! What keeps the rules honest: a verifier that tries every rule at many points, slips in rules that must be seen, wrong
//! rules that must still fail, and wrong rules put into the graph, where the witnesses must catch them.

#![allow(clippy::print_stdout)]

mod canaries;
mod mutants;
mod rules;
mod verifier;
