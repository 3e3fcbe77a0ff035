//! `metrics.csv`: one line an iteration. Written plainly; read as editors and spreadsheets leave it.

use super::config::RunConfig;
use super::trainer::Point;
use crate::files::one_line;

/// The first line of `metrics.csv`.
pub(super) fn header(config: &RunConfig) -> String {
    format!("iteration,loss,{},eta,grad_norm,seconds\n", config.task().measure().key)
}

/// The line of the iteration at `index` of the curve; `seconds` of training lay behind it. Each number has the shortest
/// digits that read back as the same one, in single precision, and of seconds in double.
pub(super) fn line(index: usize, point: &Point, seconds: f64) -> String {
    let Point { loss, measure, eta, grad_norm } = point;
    format!("{},{loss},{measure},{eta},{grad_norm},{seconds}\n", index + 1)
}

/// The numbers of `metrics.csv`: the point of each iteration, and the seconds of training after it.
pub(super) type Rows = Vec<(Point, f64)>;

/// How a program writes tables: what parts their cells, and whether numbers have a comma in place of a point.
#[derive(Clone, Copy)]
struct Dialect {
    separator: char,
    has_decimal_comma: bool,
}

/// The rows of a file, and what is wrong with the first line that is none. A last line that is still being written is
/// left out; a byte order mark, other separators and line ends, quotes and empty lines are what other programs leave.
///
/// # Errors
/// When the first line does not name the columns of such a run.
pub(super) fn parse(text: &str, header: &str) -> Result<(Rows, Option<String>), String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let complete = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).map(str::trim_end);
    // Some spreadsheets say first what parts their cells.
    let mut lines = complete.filter(|line| !line.is_empty() && !line.starts_with("sep="));
    let (found, expected) = (lines.next().unwrap_or_default(), header.trim_end());
    let Some(dialect) = [',', ';', '\t'].into_iter().find_map(|separator| {
        let dialect = Dialect { separator, has_decimal_comma: separator != ',' };
        cells(found, dialect).eq(expected.split(',')).then_some(dialect)
    }) else {
        return Err(format!("expected the columns {expected}, found {}", one_line(found)));
    };
    let mut rows = Rows::new();
    for line in lines {
        // Cells that a spreadsheet has left empty below the table.
        if line.chars().all(|letter| letter == dialect.separator) {
            continue;
        }
        let iteration = rows.len() + 1;
        match row(line, iteration, dialect) {
            Some(row) => rows.push(row),
            None => {
                let problem = format!("expected the six numbers of iteration {iteration}, found {}", one_line(line));
                return Ok((rows, Some(problem)));
            }
        }
    }
    Ok((rows, None))
}

fn cells(line: &str, dialect: Dialect) -> impl Iterator<Item = &str> {
    line.split(dialect.separator).map(|cell| cell.trim().trim_matches('"'))
}

/// The numbers of one line, if they are those of `iteration`.
fn row(line: &str, iteration: usize, dialect: Dialect) -> Option<(Point, f64)> {
    let mut numbers = cells(line, dialect).map(|cell| match dialect.has_decimal_comma {
        true => cell.replace(',', ".").parse::<f64>().ok(),
        false => cell.parse().ok(),
    });
    let is_next = numbers.next()?? == iteration as f64;
    // Rounded once: what was written as float32 comes back as it was.
    let mut cell = || Some(numbers.next()?? as f32);
    let point = Point { loss: cell()?, measure: cell()?, eta: cell()?, grad_norm: cell()? };
    let seconds = numbers.next()??;
    (is_next && numbers.next().is_none()).then_some((point, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "iteration,loss,error,eta,grad_norm,seconds\n";

    fn lines(count: usize) -> String {
        let point = |index: usize| Point { loss: 0.1 + index as f32, measure: 1e-7, eta: -0.25, grad_norm: 3e20 };
        (0..count).fold(HEADER.to_owned(), |text, index| text + &line(index, &point(index), index as f64 / 3.0))
    }

    #[test]
    fn what_other_programs_make_of_a_table_is_the_same_table() {
        let plain = lines(3);
        let (rows, problem) = parse(&plain, HEADER).unwrap();
        assert_eq!((rows.len(), problem), (3, None));
        assert_eq!(rows[2].0.loss.to_bits(), 2.1f32.to_bits());
        let german = plain.replace(',', ";").replace('.', ",");
        let quoted = plain.lines().map(|line| format!("\"{}\"\n", line.replace(',', "\",\""))).collect::<String>();
        for (who, text) in [
            ("lines that end as elsewhere", plain.replace('\n', "\r\n")),
            ("a byte order mark", format!("\u{feff}{plain}")),
            ("empty lines", plain.replace('\n', "\n\n")),
            ("empty cells below", format!("{plain},,,,,\n,,,,,\n")),
            ("a spreadsheet with decimal commas", german.clone()),
            ("one that says so", format!("sep=;\r\n{german}")),
            ("tabs", plain.replace(',', "\t")),
            ("quotes", quoted),
            ("whole numbers with a point", plain.replace("\n2,", "\n2.0,")),
        ] {
            assert_eq!(parse(&text, HEADER), Ok((rows.clone(), None)), "{who}: {text}");
        }
    }

    #[test]
    fn a_line_in_the_making_is_left_and_a_wrong_one_is_named() {
        let text = lines(3);
        assert_eq!(parse(&text[..text.len() - 1], HEADER).unwrap().0.len(), 2, "it may go on");
        for (from, to) in [("\n2,", "\n5,"), ("\n2,", "\n2,7,"), ("\n2,1.1,", "\n2,x,"), ("\n2,1.1,", "\n2,")] {
            let (rows, problem) = parse(&text.replace(from, to), HEADER).unwrap();
            let problem = problem.unwrap();
            assert!(rows.len() == 1 && problem.contains("iteration 2") && problem.contains(&to[1..]), "{problem}");
        }
        let error = parse("time,loss\n1,2\n", HEADER).unwrap_err();
        assert!(error.contains("expected the columns iteration,loss") && error.contains("time,loss"), "{error}");
    }
}
