//! The properties of `tests/fuzz` hold for every kept input and for mutations of them.
//!
//! libFuzzer searches where these only walk: `tests/fuzz/run`. This needs nothing but `cargo test`,
//! does the same each time, and keeps what was found and mended from coming back.

#[path = "../fuzz/corpus.rs"]
mod corpus;
#[path = "../fuzz/properties/mod.rs"]
mod properties;

/// Mutations that are tried of a target's inputs.
const MUTATIONS: usize = 300;

/// The largest mutation.
const LARGEST: usize = 16 * 1024;

/// Numbers that look random and are the same each time (xorshift, Marsaglia 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound.max(1) as u64) as usize
    }

    /// A part of `input`, from and to.
    fn part(&mut self, input: &[u8]) -> (usize, usize) {
        let (a, b) = (self.below(input.len() + 1), self.below(input.len() + 1));
        (a.min(b), a.max(b))
    }
}

/// One input made of others.
fn mutation(inputs: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut input = inputs[numbers.below(inputs.len())].clone();
    for _ in 0..=numbers.below(4) {
        let (from, to) = numbers.part(&input);
        match numbers.below(6) {
            0 => drop(input.drain(from..to)),
            1 => {
                let part = input[from..to].to_vec();
                input.splice(to..to, part);
            }
            2 => {
                let other = &inputs[numbers.below(inputs.len())];
                let (start, end) = numbers.part(other);
                input.splice(from..to, other[start..end].iter().copied());
            }
            3 => input.insert(from, numbers.below(256) as u8),
            4 => {
                const TELLING: &[u8] = b"\0\n\r\"'\\%&=;:,.<>/[]{}#?+-_ 019aA\xc3\xff";
                input.insert(from, TELLING[numbers.below(TELLING.len())]);
            }
            _ => {
                if let Some(byte) = input.get_mut(from) {
                    *byte ^= 1 << numbers.below(8);
                }
            }
        }
    }
    input.truncate(LARGEST);
    input
}

fn holds(target: &str) {
    let (_, property) = properties::ALL
        .iter()
        .find(|(name, _)| *name == target)
        .expect("a target of that name");
    let inputs = corpus::read(target);
    assert!(inputs.len() >= 3, "{target} has hardly an input");
    let tell = |input: &[u8]| {
        let input = input.to_vec();
        let told = std::panic::catch_unwind(|| property(&input));
        assert!(
            told.is_ok(),
            "{target} breaks on: {}",
            corpus::escaped(&input)
        );
    };
    inputs.iter().for_each(|input| tell(input));
    let mut numbers = Numbers(0x5151_7c0b_0a12_d1e5);
    for _ in 0..MUTATIONS {
        tell(&mutation(&inputs, &mut numbers));
    }
}

macro_rules! targets {
    ($($name:ident),*) => {
        $(#[test]
        fn $name() {
            holds(stringify!($name));
        })*

        #[test]
        fn each_target_is_here_and_has_a_binary() {
            let here = [$(stringify!($name)),*];
            let there = properties::ALL.map(|(name, _)| name);
            assert_eq!(here, there);
            let manifest = include_str!("../fuzz/Cargo.toml");
            for name in there {
                assert!(manifest.contains(&format!("name = \"{name}\"")), "{name}");
            }
        }
    };
}

targets!(
    conditions, cookie, dotenv, form, frames, json, jwt, phone, query, range, rc, rest, services,
    signature, twiml
);
