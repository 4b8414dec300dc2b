//! Two texts line by line: what stays, what goes, what comes.

/// Above this many pairs of lines the middles are not compared: one is shown after the other.
const MOST_PAIRS: usize = 1_000_000;

/// A line of either text, or of both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line<'t> {
    Both(&'t str),
    Old(&'t str),
    New(&'t str),
}

/// The fewest changes that make `new` of `old`: by the longest common subsequence of what is left
/// when the equal beginnings and ends are cut off.
pub(crate) fn compare<'t>(old: &[&'t str], new: &[&'t str]) -> Vec<Line<'t>> {
    let equal = |(a, b): &(&&str, &&str)| a == b;
    let start = old.iter().zip(new).take_while(equal).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let backwards = old_rest.iter().rev().zip(new_rest.iter().rev());
    let end = backwards.take_while(equal).count();
    let old_middle = &old_rest[..old_rest.len() - end];
    let new_middle = &new_rest[..new_rest.len() - end];
    let mut lines: Vec<Line<'t>> = old[..start].iter().map(|line| Line::Both(line)).collect();
    if old_middle.len().saturating_mul(new_middle.len()) > MOST_PAIRS {
        lines.extend(old_middle.iter().map(|line| Line::Old(line)));
        lines.extend(new_middle.iter().map(|line| Line::New(line)));
    } else {
        push_middle(&mut lines, old_middle, new_middle);
    }
    lines.extend(old[old.len() - end..].iter().map(|line| Line::Both(line)));
    lines
}

fn push_middle<'t>(lines: &mut Vec<Line<'t>>, old: &[&'t str], new: &[&'t str]) {
    // common[i][j]: how many lines old[i..] and new[j..] have in common, in order.
    let width = new.len() + 1;
    let mut common = vec![0u32; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i * width + j] = if old[i] == new[j] {
                common[(i + 1) * width + j + 1] + 1
            } else {
                common[(i + 1) * width + j].max(common[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            lines.push(Line::Both(old[i]));
            (i, j) = (i + 1, j + 1);
        } else if j == new.len()
            || (i < old.len() && common[(i + 1) * width + j] >= common[i * width + j + 1])
        {
            lines.push(Line::Old(old[i]));
            i += 1;
        } else {
            lines.push(Line::New(new[j]));
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(old: &str, new: &str) -> String {
        let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        let lines = compare(&old, &new).into_iter().map(|line| match line {
            Line::Both(line) => format!(" {line}"),
            Line::Old(line) => format!("-{line}"),
            Line::New(line) => format!("+{line}"),
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn what_stays_goes_and_comes() {
        for (old, new, lines) in [
            ("", "", ""),
            ("a", "a", " a"),
            ("a", "b", "-a\n+b"),
            ("a\nb\nc", "a\nc", " a\n-b\n c"),
            ("a\nc", "a\nb\nc", " a\n+b\n c"),
            ("a\nb\nc\nd", "a\nx\nc\ny\nd", " a\n-b\n+x\n c\n+y\n d"),
            ("a\na", "a", " a\n-a"),
            ("x", "", "-x"),
        ] {
            assert_eq!(told(old, new), lines, "{old:?} {new:?}");
        }
    }

    #[test]
    fn what_is_too_long_is_shown_one_after_the_other() {
        let old: Vec<String> = (0..1100).map(|n| format!("a{n}")).collect();
        let new: Vec<String> = (0..1100).map(|n| format!("b{n}")).collect();
        let texts = |lines: &'static str, all: &[String]| format!("{lines}{}", all.join("\n"));
        let lines = told(&texts("same\n", &old), &texts("same\n", &new));
        assert!(lines.starts_with(" same\n-a0\n-a1\n"));
        assert!(lines.ends_with("+b1099"));
    }
}
