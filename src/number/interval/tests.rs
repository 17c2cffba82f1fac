//! Every operation encloses the exact result and claims a value only where there is one.

use super::*;
use proptest::prelude::*;

fn exact(x: f64) -> Rational {
    Rational::from_f64(x).unwrap()
}

fn holds(interval: Interval, value: &Rational) -> bool {
    (interval.low == f64::NEG_INFINITY || exact(interval.low) <= *value)
        && (interval.high == f64::INFINITY || exact(interval.high) >= *value)
}

fn any_interval() -> impl Strategy<Value = (Interval, f64)> {
    let number = prop_oneof![
        -8.0f64..8.0,
        (-8i32..8).prop_map(f64::from),
        (-8i32..8).prop_map(|n| f64::from(n) / 4.0),
        (-1.0f64..1.0, -40i32..40).prop_map(|(x, e)| x * 10f64.powi(e)),
    ];
    (number, 0.0f64..1.0, prop_oneof![Just(0.0), Just(1e-9), Just(0.5), Just(3.0)]).prop_map(|(x, t, w)| {
        let low = x - t * w;
        let high = (low + w).max(x);
        (Interval::new(low.min(x), high), x)
    })
}

proptest! {
    #[test]
    fn arithmetic_encloses_the_exact_result((a, x) in any_interval(), (b, y) in any_interval(), n in -5i64..6) {
        let (p, q) = (exact(x), exact(y));
        prop_assert!(holds(a + b, &(&p + &q)));
        prop_assert!(holds(a - b, &(&p - &q)));
        prop_assert!(holds(a * b, &(&p * &q)));
        let quotient = a / b;
        prop_assert_eq!(quotient.is_defined(), !b.contains_zero());
        if quotient.is_defined() {
            prop_assert!(holds(quotient, &p.divide(&q).unwrap()));
        }
        let power = a.powi(n);
        prop_assert_eq!(power.is_defined(), n >= 0 || !a.contains_zero());
        if power.is_defined() {
            prop_assert!(holds(power, &p.power(n, 1 << 20).unwrap()), "{:?}^{} = {:?}", a, n, power);
        }
        if a.is_nonnegative() {
            let root = a.sqrt();
            prop_assert!(root.low * root.low <= x.next_up() && root.high.next_up().powi(2) >= x);
            prop_assert!(holds(root.powi(2), &p));
        }
        prop_assert!(holds(Interval::from_rational(&p), &p));
        prop_assert!(a.contains(x) && a.hull(&b).contains(y));
    }

    #[test]
    fn waves_enclose((a, x) in any_interval()) {
        for (value, interval) in [(x.sin(), a.sin()), (x.cos(), a.cos()), (x.atan(), a.atan())] {
            prop_assert!(interval.contains(value) && interval.low >= -2.0 && interval.high <= 2.0);
        }
        if a.tan().is_defined() {
            prop_assert!(a.tan().contains(x.tan()));
        }
        if a.cot().is_defined() {
            prop_assert!(a.cot().contains(1.0 / x.tan()));
        }
        prop_assert!(a.exp().contains(x.exp()));
        prop_assert_eq!(a.log().is_defined(), a.low > 0.0);
    }

    #[test]
    fn powers_enclose((a, x) in any_interval(), (b, y) in any_interval()) {
        let power = a.power(b);
        if power.is_defined() && x > 0.0 {
            prop_assert!(power.contains(libm::pow(x, y)), "{:?}^{:?} = {:?}", a, b, power);
        }
    }
}

#[test]
fn definedness_must_be_proved() {
    let around_zero = Interval::new(-1.0, 1.0);
    let from_zero = Interval::new(0.0, 1.0);
    for undefined in [
        around_zero.recip(),
        from_zero.recip(),
        around_zero.log(),
        from_zero.log(),
        around_zero.sqrt(),
        around_zero.powr(&Rational::HALF),
        from_zero.powr(&Rational::fraction(-1, 2).unwrap()),
        around_zero.powi(-2),
        around_zero.power(Interval::new(1.0, 2.0)),
        from_zero.power(from_zero),
        Interval::new(1.0, 2.0).tan(),
        Interval::new(3.0, 4.0).cot(),
        around_zero.atan2(around_zero),
        Interval::UNDEFINED + Interval::ONE,
        Interval::ZERO * Interval::UNDEFINED,
        Interval::UNDEFINED.powi(0),
        Interval::new(2.0, 1.0),
        Interval::point(f64::INFINITY),
    ] {
        assert!(!undefined.is_defined(), "{undefined:?}");
    }
    assert!(around_zero.powi(0).is_defined() && from_zero.sqrt().is_defined());
    assert_eq!(from_zero.powr(&Rational::fraction(3, 2).unwrap()), from_zero);
}

#[test]
fn short_numbers_stay_exact() {
    let (two, three) = (Interval::point(2.0), Interval::point(3.0));
    assert_eq!(two * three - three * two, Interval::ZERO);
    assert_eq!((two + three) / Interval::point(4.0), Interval::point(1.25));
    assert_eq!(Interval::point(9.0).sqrt(), three);
    assert_eq!(two.powi(-2), Interval::point(0.25));
    assert_eq!(Interval::from_rational(&Rational::fraction(-3, 8).unwrap()), Interval::point(-0.375));
    let third = Interval::from_rational(&Rational::fraction(1, 3).unwrap());
    assert!(holds(third, &Rational::fraction(1, 3).unwrap()) && third.width() < 2e-16);
}

#[test]
fn extrema_between_the_ends_are_found() {
    assert_eq!(Interval::new(1.5, 1.6).sin().high, 1.0);
    assert!(Interval::new(1.5, 1.6).sin().low > 0.99);
    assert_eq!(Interval::new(-0.1, 0.2).cos().high, 1.0);
    assert_eq!(Interval::new(3.0, 3.2).cos().low, -1.0);
    assert!(Interval::new(0.1, 0.2).sin().high < 0.2);
    assert_eq!(Interval::new(0.0, 10.0).sin(), Interval::UNIT);
    assert_eq!(Interval::point(1e300).sin(), Interval::UNIT);
    assert!(Interval::new(-2.0, -1.0).atan2(Interval::new(-1.0, 1.0)).high < 0.0);
    assert!(Interval::new(0.0, 1.0).atan2(Interval::new(-2.0, -1.0)).low > 2.0);
    assert!(Interval::new(-1.0, 1.0).atan2(Interval::new(-2.0, -1.0)).low < -3.0);
}

#[test]
fn overflow_is_unbounded_and_not_undefined() {
    let huge = Interval::point(1000.0).exp();
    assert!(huge.is_defined() && huge.high == f64::INFINITY && huge.low >= f64::MAX / 2.0);
    let tiny = huge.recip();
    assert!(tiny.is_defined() && tiny.is_nonnegative() && tiny.high < 1e-300);
    assert!((huge * tiny).contains(1.0) && (huge / huge).contains(1.0) && (huge - huge).contains(0.0));
    assert!(Interval::point(1e-200).powi(-3).is_defined());
    assert!(Interval::from_rational(&Rational::integer(10).power(400, 1 << 20).unwrap()).is_defined());
}
