//! The derivative of the output of a layer by its activation in index notation, and what the chain rule makes of it.

use super::super::make::{Care, derivative, integer, is_one, plain_power, plain_quotient, relation};
use super::super::{Phrase, proof};
use super::index::{delta, flat, map_name, one_minus, put_tree, renamed, sum_over};
use super::read::{Entrywise, Link};
use super::{ARBITRARY, Writing, index, operator, tensor_function};
use crate::diagnostic::Diagnostic;
use crate::function::{self, TensorFunction};
use crate::syntax::tree::{DerivativeOperator, Kind, Relation, Tree};

/// Lines that follow from the chain rule, and the facts that the last one uses.
pub(super) struct Chain {
    pub shown: Vec<(Tree, Vec<Phrase>)>,
    pub facts: Vec<String>,
}

fn at(name: &str, by: &str) -> Tree {
    index(Tree::name(name), &[by])
}

/// A product in one row, without ones.
pub(super) fn with(factors: Vec<Tree>) -> Tree {
    let flat = factors.into_iter().flat_map(|factor| split(&factor));
    let kept: Vec<Tree> = flat.filter(|factor| !is_one(factor)).collect();
    match <[Tree; 1]>::try_from(kept) {
        Ok([one]) => one,
        Err(kept) if kept.is_empty() => integer(1),
        Err(kept) => Kind::Product(kept).into(),
    }
}

fn split(tree: &Tree) -> Vec<Tree> {
    match &tree.kind {
        Kind::Product(factors) => factors.clone(),
        _ => vec![tree.clone()],
    }
}

impl Writing<'_> {
    /// The activation as a variable of its own, and the Jacobian of the layer by it.
    fn free_activation(&mut self, p: &str, a: &str, link: &Link) -> Result<(String, Tree), Diagnostic> {
        let vector = proof::lower(self.problem, &Tree::name(p))?;
        let free = format!("{a}_free");
        self.problem.environment.declare_like(&free, vector.node, vector.layout);
        let jacobian = operator(DerivativeOperator::Jacobian, link.of(&Tree::name(&free)), &free);
        let square = proof::lower(self.problem, &jacobian)?;
        self.problem.environment.declare_like(ARBITRARY, square.node, square.layout);
        Ok((free, jacobian))
    }

    /// `∂p_k/∂a_i` of softmax: by the quotient rule, case by case, and in one.
    pub(super) fn softmax_jacobian(&mut self, p: &str, a: &str) -> Result<Tree, Diagnostic> {
        let care = Care::Tidy;
        let (k, i, j) = (self.layers.k.clone(), self.layers.i.clone(), self.layers.j.clone());
        let (free, jacobian) = self.free_activation(p, a, &Link::Softmax)?;
        let link = Link::Softmax.of(&Tree::name(&free));
        let own = |tree: &Tree| renamed(&map_name(tree, p, &link), a, &free);
        let local = derivative(at(p, &k), &at(a, &i));
        let exp = |by: &str| Tree::call(function::row(function::EXP).name, vec![at(a, by)]);
        let total = sum_over(&[&j], exp(&j));
        let opened = plain_quotient(exp(&k), total.clone());
        self.prove_vector(&own(&Tree::name(p)), &own(&opened), &k)?;
        let softmax = tensor_function(TensorFunction::Softmax);
        self.push(Some(at(p, &k)), opened, vec![Phrase::words(format!("definition of {softmax}"))]);
        let above = Kind::Sum(vec![
            Kind::Product(vec![delta(&k, &i), exp(&k), total.clone()]).into(),
            care.negate(Kind::Product(vec![exp(&k), exp(&i)]).into()),
        ]);
        let quotient = plain_quotient(above.into(), plain_power(total.clone(), integer(2)));
        let line: Tree =
            Kind::Product(vec![at(p, &k), Kind::Sum(vec![delta(&k, &i), care.negate(at(p, &i))]).into()])
                .into();
        self.prove_component(&jacobian, &own(&line), &[&k, &i])?;
        self.prove_quotient(&quotient, &total, &exp)?;
        self.push(Some(local), quotient, vec![Phrase::words("quotient rule")]);
        let cases: Tree = Kind::Cases(vec![
            (
                Kind::Product(vec![at(p, &k), one_minus(&at(p, &i))]).into(),
                Some(relation(Tree::name(&i), Relation::Equal, Tree::name(&k))),
            ),
            (
                care.negate(Kind::Product(vec![at(p, &k), at(p, &i)]).into()),
                Some(relation(Tree::name(&i), Relation::NotEqual, Tree::name(&k))),
            ),
        ])
        .into();
        // both cases at once: the line with δ agrees with each
        let equal: Tree = Kind::Sum(vec![
            Kind::Product(vec![delta(&k, &i), at(p, &k), one_minus(&at(p, &i))]).into(),
            care.negate(Kind::Product(vec![one_minus(&delta(&k, &i)), at(p, &k), at(p, &i)]).into()),
        ])
        .into();
        self.prove_component(&jacobian, &own(&equal), &[&k, &i])?;
        self.push(None, cases, vec![Phrase::words("divide, case by case")]);
        self.push(None, line.clone(), vec![Phrase::words("both cases in one")]);
        Ok(line)
    }

    /// ŷ is e/s, as was proved; so the quotient is `ŷ_k(δ_ki − ŷ_i)` if it is for any e and s.
    fn prove_quotient(
        &mut self,
        quotient: &Tree,
        total: &Tree,
        exp: &dyn Fn(&str) -> Tree,
    ) -> Result<(), Diagnostic> {
        let (k, i) = (self.layers.k.clone(), self.layers.i.clone());
        let Some(layer) = self.layers.chain.first() else { return Ok(()) };
        let vector = proof::lower(self.problem, &Tree::name(&layer.output))?;
        let (e, s) = ("exponentials_free", "total_free");
        self.problem.environment.declare_like(e, vector.node, vector.layout);
        self.problem.environment.variable(s);
        let by_name = |tree: &Tree| {
            let tree = put_tree(tree, total, &Tree::name(s));
            let tree = put_tree(&tree, &exp(&k), &at(e, &k));
            put_tree(&tree, &exp(&i), &at(e, &i))
        };
        let over = |by: &str| plain_quotient(at(e, by), Tree::name(s));
        let same: Tree =
            Kind::Product(vec![over(&k), Kind::Sum(vec![delta(&k, &i), Care::Tidy.negate(over(&i))]).into()])
                .into();
        let both: Tree = Kind::Array(vec![by_name(quotient), same]).into();
        if let Kind::Array(sides) = flat(&both).0.kind
            && let [x, y] = sides.as_slice()
        {
            self.prove(x, y, quotient)?;
        }
        Ok(())
    }

    /// `∂p_k/∂a_i` of a function entry by entry.
    pub(super) fn entrywise_jacobian(
        &mut self,
        link: &Entrywise,
        p: &str,
        a: &str,
    ) -> Result<Tree, Diagnostic> {
        let (k, i) = (self.layers.k.clone(), self.layers.i.clone());
        let (free, jacobian) = self.free_activation(p, a, &Link::Entrywise(link.clone()))?;
        let slope = link.slope_with(&at(a, &k), &at(p, &k));
        let line = with(vec![slope, delta(&k, &i)]);
        let opened = map_name(&line, p, &link.of(&Tree::name(&free)));
        self.prove_component(&jacobian, &renamed(&opened, a, &free), &[&k, &i])?;
        let local = derivative(at(p, &k), &at(a, &i));
        self.push(Some(local), line.clone(), vec![Phrase::words("entry by entry")]);
        self.needs(link.conditions_at(&Tree::name(a)));
        Ok(line)
    }

    /// What the chain rule gives, with everything put in, and the sum over k worked out.
    pub(super) fn chain_lines(
        &mut self,
        slope: &Tree,
        jacobian: &Tree,
        row: Option<&Tree>,
    ) -> Result<Chain, Diagnostic> {
        let (k, i) = (self.layers.k.clone(), self.layers.i.clone());
        let row: Vec<Tree> = row.cloned().into_iter().collect();
        let mut chain = Chain { shown: Vec::new(), facts: Vec::new() };
        let picks = || {
            vec![
                Phrase::Formula(delta(&k, &i)),
                Phrase::words("picks"),
                Phrase::Formula(relation(Tree::name(&k), Relation::Equal, Tree::name(&i))),
            ]
        };
        let inserted = self.over_k(with([vec![slope.clone()], split(jacobian), row.clone()].concat()));
        let words = if row.is_empty() { "insert both derivatives" } else { "insert the three derivatives" };
        chain.shown.push((inserted, vec![Phrase::words(words)]));
        let Some(layer) = self.layers.chain.first() else { return Ok(chain) };
        match layer.link.clone() {
            Link::Entrywise(own) => {
                let (a, p) = (layer.activation.clone(), layer.output.clone());
                let own = own.slope_with(&at(&a, &i), &at(&p, &i));
                let line = with([vec![renamed(slope, &k, &i), own], row].concat());
                if !self.layers.is_component {
                    chain.shown.push((line, picks()));
                }
            }
            Link::Softmax => self.collapse(slope, &row, picks(), &mut chain)?,
        }
        Ok(chain)
    }

    /// The sum over k of softmax: `p_k` cancels, δ picks one term, a fact may know the rest.
    fn collapse(
        &mut self,
        slope: &Tree,
        row: &[Tree],
        picks: Vec<Phrase>,
        chain: &mut Chain,
    ) -> Result<(), Diagnostic> {
        let care = Care::Tidy;
        let (k, i) = (self.layers.k.clone(), self.layers.i.clone());
        let p = self.layers.chain.first().map(|layer| layer.output.clone()).unwrap_or_default();
        let row = || row.to_vec();
        let h = self.scaled_slope(slope)?;
        let bracket: Tree = Kind::Sum(vec![delta(&k, &i), care.negate(at(&p, &i))]).into();
        let cancelled = self.over_k(with([vec![h.clone(), bracket], row()].concat()));
        chain.shown.push((cancelled, vec![Phrase::words("cancel"), Phrase::Formula(at(&p, &k))]));
        let (h_is_negative, size) = match &h.kind {
            Kind::Negate(inner) => (true, (**inner).clone()),
            _ => (false, h.clone()),
        };
        if self.layers.is_component {
            // −(δ − p) is p − δ
            let d = care.product(vec![size.clone(), delta(&k, &i)]);
            let rest = care.product(vec![size, at(&p, &i)]);
            let terms = if h_is_negative { vec![rest, care.negate(d)] } else { vec![d, care.negate(rest)] };
            let line = with([vec![Kind::Sum(terms).into()], row()].concat());
            chain.shown.push((line, vec![Phrase::words("multiply out")]));
            return Ok(());
        }
        let total = sum_over(&[&k], size.clone());
        let first = renamed(&h, &k, &i);
        let terms = |second: Tree| {
            if h_is_negative { vec![second, first.clone()] } else { vec![first.clone(), care.negate(second)] }
        };
        let facts = self.facts_in(&total)?;
        let node = proof::lower(self.problem, &total)?.node;
        let second = care.product(vec![at(&p, &i), total.clone()]);
        let line = with([vec![Kind::Sum(terms(second)).into()], row()].concat());
        chain.shown.push((line, picks));
        // a fact may know the sum
        if let Some(value) = self.problem.environment.graph.as_number(node) {
            let value = Tree::number(&value);
            let second = care.product(vec![value.clone(), at(&p, &i)]);
            let line = with([vec![care.sum(terms(second))], row()].concat());
            let because =
                vec![Phrase::words("because"), Phrase::Formula(relation(total, Relation::Equal, value))];
            chain.shown.push((line, because));
            chain.facts = facts;
        }
        Ok(())
    }
}
