//! Sides in turn, and a row for each.

use crate::side::{Figures, Load, Side};

/// How many times each side has its turn.
const ROUNDS: usize = 5;
/// Seconds of one turn.
const SECONDS: u32 = 2;

/// Puts each side under its load, turn by turn, and prints the medians and the ratio of each rate to
/// that of the first. Returns the medians.
pub(crate) fn compare(name: &str, connections: u32, sides: &[(&Side, Load)]) -> Vec<Figures> {
    let mut turns: Vec<Vec<Figures>> = vec![Vec::new(); sides.len()];
    for _ in 0..ROUNDS {
        for ((side, load), turns) in sides.iter().zip(&mut turns) {
            turns.push(side.measure(load, connections, SECONDS));
        }
    }
    let medians: Vec<Figures> = turns.iter().map(|turns| middle(turns)).collect();
    println!("\n{name}, {connections} connections");
    println!(
        "{:28} {:>10} {:>7} {:>9} {:>9} {:>8} {:>8} {:>6}",
        "", "rate /s", "ratio", "50% µs", "99% µs", "CPU µs", "wrk µs", "busy"
    );
    for ((side, _), figures) in sides.iter().zip(&medians) {
        println!(
            "{:28} {:10.0} {:7.2} {:9.0} {:9.0} {:8.1} {:8.1} {:5.0}%",
            side.name,
            figures.rate,
            figures.rate / medians[0].rate,
            figures.median,
            figures.slow,
            figures.processor,
            figures.asking,
            figures.busy() * 100.0,
        );
    }
    medians
}

fn middle(turns: &[Figures]) -> Figures {
    let of = |figure: fn(&Figures) -> f64| median(turns.iter().map(figure).collect());
    Figures {
        rate: of(|f| f.rate),
        median: of(|f| f.median),
        slow: of(|f| f.slow),
        processor: of(|f| f.processor),
        asking: of(|f| f.asking),
    }
}

/// The middle of the figures.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
