//! Columns as wide as their widest cell.
//!
//! Widths are counted in characters, which is right for URLs and paths; a crate for the widths of
//! all scripts was not worth a dependency.

use super::plain;
use super::style::BOLD;
use std::fmt;

/// Rows under a head.
pub(in crate::cli) struct Table<const N: usize> {
    head: [&'static str; N],
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    pub(in crate::cli) fn new(head: [&'static str; N]) -> Self {
        Table {
            head,
            rows: Vec::new(),
        }
    }

    pub(in crate::cli) fn row(&mut self, cells: [&str; N]) {
        self.rows
            .push(cells.map(|cell| plain::line(cell).into_owned()));
    }
}

impl<const N: usize> fmt::Display for Table<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let widths: [usize; N] = std::array::from_fn(|column| {
            let cells = self.rows.iter().map(|row| row[column].chars().count());
            cells.chain([self.head[column].len()]).max().unwrap_or(0)
        });
        write!(f, "{BOLD}")?;
        write_row(f, &widths, self.head)?;
        writeln!(f, "{BOLD:#}")?;
        for row in &self.rows {
            write_row(f, &widths, row.each_ref().map(String::as_str))?;
            writeln!(f)?;
        }
        Ok(())
    }
}

/// The last cell is not padded: nothing stands behind it.
fn write_row<const N: usize>(
    f: &mut fmt::Formatter<'_>,
    widths: &[usize; N],
    cells: [&str; N],
) -> fmt::Result {
    for (index, (cell, width)) in cells.into_iter().zip(widths).enumerate() {
        if index + 1 == N {
            write!(f, "{cell}")?;
        } else {
            write!(f, "{cell:width$}  ")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let mut table = Table::new(["A", "LONG", "B"]);
        table.row(["é👋x", "1", "2"]);
        table.row(["", "12345", "a\nb"]);
        let text = anstream::adapter::strip_str(&table.to_string()).to_string();
        assert_eq!(text, "A    LONG   B\né👋x  1      2\n     12345  a\\nb\n");
    }
}
