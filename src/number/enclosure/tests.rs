//! Many digits agree with `libm`, with the laws of the functions, and see through cancellation.

use super::*;
use proptest::prelude::*;

const BITS: usize = 200;

fn at(x: f64) -> Enclosure {
    Enclosure::from_rational(&Rational::from_f64(x).unwrap(), BITS)
}

fn one() -> Enclosure {
    Enclosure::integer(1, BITS)
}

fn agree(a: &Enclosure, b: &Enclosure) -> bool {
    a.is_defined()
        && b.is_defined()
        && !a.is_disjoint(b)
        && (a.has_relative_bits(120) || (a - b).contains_zero())
}

proptest! {
    #[test]
    fn functions_hold_what_libm_says(x in prop_oneof![-20.0f64..20.0, -1.0f64..1.0, (-9i32..10).prop_map(f64::from)]) {
        let libm: [(&str, Enclosure, f64, Interval); 7] = [
            ("exp", at(x).exp(), libm::exp(x), Interval::point(x).exp()),
            ("sin", at(x).sin(), libm::sin(x), Interval::point(x).sin()),
            ("cos", at(x).cos(), libm::cos(x), Interval::point(x).cos()),
            ("atan", at(x).atan(), libm::atan(x), Interval::point(x).atan()),
            ("erf", at(x).erf(), libm::erf(x), Interval::point(x).increasing(libm::erf)),
            ("log", at(x.abs() + 0.5).log(), libm::log(x.abs() + 0.5), Interval::point(x.abs() + 0.5).log()),
            ("cbrt", at(x.abs()).powr(&Rational::fraction(1, 3).unwrap()), libm::cbrt(x.abs()), Interval::point(x.abs()).increasing(libm::cbrt)),
        ];
        for (name, precise, value, interval) in libm {
            prop_assert!(precise.is_defined(), "{name}({x})");
            // The f64 enclosure is rigorous: the precise one, narrower, must meet it.
            prop_assert!(!interval.is_disjoint(&precise.to_interval()), "{name}({x}): {interval:?} {precise:?}");
            if let Some(near) = precise.to_f64() {
                prop_assert!((near - value).abs() <= 4.0 * (value.next_up() - value).abs(), "{name}({x})");
            }
        }
    }

    #[test]
    fn laws_hold_to_many_digits(x in -3.0f64..3.0, y in 0.1f64..3.0) {
        let (a, b) = (at(x), at(y));
        prop_assert!(agree(&(&a + &b).exp(), &(&a.exp() * &b.exp())));
        prop_assert!(agree(&b.log().exp(), &b));
        prop_assert!(agree(&(&a.sin().powi(2) + &a.cos().powi(2)), &one()));
        prop_assert!(agree(&a.atan().tan(), &a));
        prop_assert!(agree(&b.sqrt().powi(2), &b));
        prop_assert!(agree(&b.powr(&Rational::fraction(-3, 2).unwrap()), &(&one() / &(&b * &b.sqrt()))));
        prop_assert!(agree(&a.atan2(&b), &(&a / &b).atan()));
        let s = at(x / 3.0);
        prop_assert!(agree(&s.asin().sin(), &s));
    }

    #[test]
    fn wide_arguments_are_enclosed(x in -6.0f64..6.0, w in 0.0f64..4.0, t in 0.0f64..1.0) {
        let wide = Enclosure::between(BITS, at(x).ends.unwrap().0, at(x + w).ends.unwrap().1);
        let inside = at((x + t * w).min(x + w));
        for f in [Enclosure::sin, Enclosure::cos, Enclosure::exp, Enclosure::atan, Enclosure::erf, Enclosure::abs] {
            let (whole, part) = (f(&wide).ends().unwrap(), f(&inside).ends().unwrap());
            prop_assert!(whole.0 <= part.1 && part.0 <= whole.1);
        }
        let square = wide.powi(2);
        prop_assert!(!square.is_disjoint(&(&inside * &inside)) && square.is_nonnegative());
    }
}

#[test]
fn cancellation_is_seen_through() {
    // exp(x) − 1 − x at x = 1e-20 is 5e-41, which f64 calls 0.
    let x = Enclosure::from_rational(&Rational::parse("1e-20", 1 << 12).unwrap().unwrap(), BITS);
    let value = &(&x.exp() - &one()) - &x;
    assert!((value.to_interval().middle() - 5e-41).abs() < 1e-60);
    // sin at the f64 nearest to π is the error of that f64.
    let sine = at(std::f64::consts::PI).sin().to_f64().unwrap();
    assert!((sine - 1.224_646_799_147_353_2e-16).abs() < 1e-31);
}

#[test]
fn extremes_stay_bounded() {
    let huge = Enclosure::from_rational(&Rational::integer(10).power(400, 1 << 12).unwrap(), BITS);
    assert!(!huge.exp().is_defined());
    let tiny = (-&huge).exp();
    assert!(tiny.is_nonnegative() && tiny.contains_zero());
    assert!(huge.sin().is_defined() && huge.atan().is_defined() && huge.log().is_defined());
    assert!(!huge.powi(1_000_000_000).is_defined());
    assert!(at(1000.0).erf().is_positive() && at(0.0).erf().contains_zero());
    for undefined in [
        at(0.0).log(),
        at(-1.0).sqrt(),
        at(0.0).recip(),
        at(-2.0).powr(&Rational::fraction(1, 3).unwrap()),
        at(1.5).asin(),
        at(0.0).atan2(&at(0.0)),
    ] {
        assert!(!undefined.is_defined());
    }
    assert!(at(0.0).powr(&Rational::fraction(1, 3).unwrap()).is_defined());
}

/// Below the last bit of the result an argument still counts: exp(2^−1000) is not 1.
#[test]
fn what_is_lost_in_rounding_is_enclosed() {
    for power in [-250i64, -1000, -20_000] {
        let tiny = Rational::TWO.power(power, 1 << 16).unwrap();
        for x in [tiny.clone(), -tiny] {
            let near_zero = Enclosure::from_rational(&x, BITS);
            let one = Enclosure::integer(1, BITS);
            let back = near_zero.exp().log();
            assert!(!near_zero.exp().is_point() && !back.is_disjoint(&near_zero), "exp {power}");
            assert!(!(&one + &near_zero).log().is_disjoint(&near_zero), "log {power}");
            assert!(!near_zero.cos().is_point(), "cos {power}");
            assert!(!near_zero.sin().is_point() && !near_zero.atan().is_point(), "sin, atan {power}");
            let (low, high) = near_zero.sin().ends().unwrap();
            assert!(low <= x && x <= high || near_zero.sin().has_relative_bits(BITS - 8), "sin {power}");
        }
    }
    let zero = Enclosure::integer(0, BITS);
    assert!(
        zero.exp().is_point() && zero.sin().is_point() && zero.cos().is_point() && zero.atan().is_point()
    );
    assert!(Enclosure::integer(1, BITS).log().is_point());
}

/// Integers cross from one library to the other and back unchanged, whatever their size.
#[test]
fn integers_are_taken_over_exactly() {
    for power in [0, 1, 63, 64, 65, 127, 128, 200, 1000, 5000] {
        for offset in [-3i64, -1, 0, 1, 12345] {
            let n: BigInt = (BigInt::from(1) << power) * 3 + offset;
            for n in [n.clone(), -n] {
                let near = Enclosure { ends: integer(&n).map(|n| (n.clone(), n)), bits: 64 };
                let whole = Rational::from_integer(n);
                assert_eq!(near.ends(), Some((whole.clone(), whole)));
            }
        }
    }
}
