//! Positions of entries, and conditions as sums that are one or zero.

use super::algebra::Checked;
use super::polynomial::{FIXED, Label, NAMED, Poly, Size};
use super::read::{Layout, Reader, Scoped, Value, refuse};
use crate::number::{Interval, Rational};
use crate::syntax::tree::{Kind, Relation, Tree};

impl Reader {
    /// The label of a subscript on an axis of that size.
    pub(super) fn subscript(&mut self, tree: &Tree, size: Option<Size>) -> Checked<Label> {
        match &tree.kind {
            Kind::Number(n) => match n.as_integer() {
                Some(n) if (1..1 << 16).contains(&n) => {
                    let count = size.and_then(|size| self.algebra.sizes[size as usize].as_number());
                    if count.is_some_and(|count| count < Rational::integer(n)) {
                        return refuse("a position beyond the end");
                    }
                    Ok(FIXED + n as Label)
                }
                _ => refuse("a subscript that is no position"),
            },
            Kind::Name(name) => {
                if let Some((_, Scoped::Index(label))) = self.scope.iter().rev().find(|(n, _)| n == name) {
                    let label = *label;
                    match (self.algebra.size_of(label), size) {
                        (Some(a), Some(b)) if a != b => {
                            return refuse(format!("the index {name} runs differently far"));
                        }
                        (None, Some(_)) => self.algebra.set_size(label, size),
                        _ => {}
                    }
                    return Ok(label);
                }
                if self.is_fact {
                    let label = self.algebra.fresh(size);
                    self.scope.push((name.clone(), Scoped::Index(label)));
                    return Ok(label);
                }
                let at = self.positions.iter().position(|n| n == name).unwrap_or_else(|| {
                    self.positions.push(name.clone());
                    self.positions.len() - 1
                });
                Ok(NAMED + at as Label)
            }
            _ => refuse("index arithmetic"),
        }
    }

    pub(super) fn indexed(&mut self, base: &Tree, subscripts: &[Tree]) -> Checked<Value> {
        let value = self.tree(base)?;
        if value.axes.len() != subscripts.len() {
            return refuse("as many subscripts as axes are needed");
        }
        let mut labels = Vec::new();
        for (subscript, axis) in subscripts.iter().zip(&value.axes) {
            let size = self.algebra.size_of(*axis);
            labels.push(self.subscript(subscript, size)?);
        }
        let moved = self.moved(&value, labels)?;
        Ok(Value { axes: Vec::new(), layout: Layout::Scalar, ..moved })
    }

    /// One where the condition holds, zero elsewhere.
    pub(super) fn indicator(&mut self, tree: &Tree) -> Checked<(Poly, Interval)> {
        let unit = Interval::new(0.0, 1.0);
        match &tree.kind {
            Kind::And(all) => {
                let mut product = Poly::one();
                for one in all {
                    let next = self.indicator(one)?.0;
                    product = self.algebra.multiply(&product, &next)?;
                }
                Ok((product, unit))
            }
            Kind::Relation(relation, a, b) => {
                let index = |t: &Tree, s: &Self| matches!(&t.kind, Kind::Name(n) if s.scope.iter().rev().find(|(m, _)| m == n).is_some_and(|(_, v)| matches!(v, Scoped::Index(_))));
                if index(a, self) || index(b, self) {
                    let (a, b) = if index(a, self) { (a, b) } else { (b, a) };
                    let i = self.subscript(a, None)?;
                    let size = self.algebra.size_of(i);
                    let j = self.subscript(b, size)?;
                    let size =
                        size.or(self.algebra.size_of(j)).ok_or("how far an index runs is not known")?;
                    self.algebra.set_size(i, Some(size));
                    let equal = self.algebra.delta(size, i, j)?;
                    return match relation {
                        Relation::Equal => Ok((equal, unit)),
                        Relation::NotEqual => Ok((Poly::one().minus(&equal), unit)),
                        _ => refuse("an order of indices"),
                    };
                }
                let (_, _, _, value) = self.related(tree)?.remove(0);
                if value.layout != Layout::Scalar {
                    return refuse("a condition on a vector");
                }
                if self.by.iter().any(|atom| self.algebra.depends(&value.poly, *atom)) {
                    self.demand(&value.poly, value.range, Relation::NotEqual, self.written(tree));
                }
                let above = self.algebra.step(&value.poly)?;
                let below = self.algebra.step(&value.poly.times(&Rational::MINUS_ONE))?;
                let poly = match relation {
                    Relation::Greater => above,
                    Relation::Less => below,
                    Relation::GreaterEqual => Poly::one().minus(&below),
                    Relation::LessEqual => Poly::one().minus(&above),
                    Relation::NotEqual => above.plus(&below),
                    Relation::Equal => Poly::one().minus(&above).minus(&below),
                };
                Ok((poly, unit))
            }
            _ => refuse("this is no condition"),
        }
    }
}
