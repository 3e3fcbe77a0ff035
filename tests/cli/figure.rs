//! `hebbscope figure` from outside.

use super::command_line::Bench;
use crate::support::offscreen;
use hebbscope::view::figures::FIGURES;

/// A maze in which agents learn in milliseconds.
const SMALL: &str = "--set size=5 --set steps=12 --set neurons=6 --set batch=2 --steps 3";

fn trained() -> Bench {
    let bench = Bench::new();
    bench.done(&format!("train maze {SMALL} --seeds 0..3 --out runs/some/plastic"));
    bench.done(&format!("train maze {SMALL} --set network=non_plastic --seed 4 --out runs/some/non"));
    bench
}

#[test]
fn the_list_says_of_each_figure_which_runs_it_needs_and_how_many_there_are() {
    let bench = trained();
    let list = bench.done("figure --list");
    assert!(list.starts_with("4 run folders in runs\n"), "{list}");
    for figure in FIGURES {
        assert!(list.contains(&format!("{}: {}", figure.name, figure.title)), "{list}");
    }
    let after = list.split("dp-6:").nth(1).unwrap();
    let rows: Vec<Vec<&str>> = after.lines().skip(1).take(2).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(rows, [["plastic", "15", "3", "0"], ["non-plastic", "15", "1", "0"]]);
    let empty = Bench::new();
    assert!(empty.done("figure --list").starts_with("0 run folders in runs\n"), "no folder of runs is no problem");
    let output = empty.run("figure --list --runs elsewhere");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.contains("passed over: elsewhere: expected a folder with runs, found nothing there"), "{errors}");
}

#[test]
fn numbers_and_commands_are_printed_and_written() {
    let bench = trained();
    let text = bench.done("figure dp-6 --smooth 2");
    assert!(text.contains("| plastic | 3 |") && text.contains("| non-plastic | 1 |"), "{text}");
    assert!(text.contains("size = 5 instead of 9") && text.contains("too few for a test (n = 3 and 1"), "{text}");
    bench.done("train patterns --set size=20 --set count=2 --steps 3 --out patterns");
    let text = bench.done("figure dp-2 --runs patterns");
    assert!(text.contains("| network | n | error (%) |"), "{text}");
    let said = bench.done("figure dp-6 --runs runs/some --out curves.csv");
    assert!(said.starts_with("curves.csv: 4 lines, plastic n = 3, non-plastic n = 1\n"), "{said}");
    assert!(
        said.contains("missing of the paper's runs: all 15 runs of plastic, all 15 runs of non-plastic;"),
        "{said}"
    );
    assert!(bench.text("curves.csv").starts_with("iteration,plastic:reward_mean10_median,"));
    bench.done("figure dp-6 --with network=plastic --out table.md");
    assert!(!bench.text("table.md").contains("non-plastic |"), "only those with the setting");
    let recipe = bench.done("figure dp-6 --recipe");
    assert_eq!(
        recipe.trim_end(),
        "hebbscope train --preset maze-250 --set network=plastic --seeds 0..15 --out runs/dp-6/plastic\n\
         hebbscope train --preset maze-250 --set network=non_plastic --seeds 0..15 --out runs/dp-6/non-plastic"
    );
    let language = bench.done("figure bp-table-1 --recipe");
    assert!(language.starts_with("# the paper's text is the Penn Treebank") && language.lines().count() == 5);
}

#[test]
fn a_picture_is_written_whole_or_not_at_all() {
    if offscreen().is_none() {
        return;
    }
    let bench = trained();
    let said = bench.done("figure dp-6 --out maze.png --size 400x300 --log x");
    assert!(said.starts_with("maze.png: 800×600 pixels, plastic n = 3, non-plastic n = 1\n"), "{said}");
    let picture = image::open(bench.path("maze.png")).unwrap();
    assert_eq!([picture.width(), picture.height()], [800, 600]);
    bench.refused("figure bp-1 --out none.png", &["bp-1: expected a run of task cue_reward", "--recipe"]);
}

#[test]
fn a_drawing_for_print_has_the_width_that_is_asked_for_and_all_words() {
    let bench = trained();
    let said = bench.done("figure dp-6 --out maze.svg --size 400x300 --width 85mm");
    assert!(said.starts_with("maze.svg: 85.0 × 63.8 mm, plastic n = 3, non-plastic n = 1\n"), "{said}");
    let text = std::fs::read_to_string(bench.path("maze.svg")).unwrap();
    for part in ["width=\"85mm\"", "reward per episode", "aria-label=\"plastic (n = 3)\"", "<path"] {
        assert!(text.contains(part), "{part}");
    }
    let said = bench.done("figure dp-6 --out maze.pdf");
    assert!(said.starts_with("maze.pdf: 201.1 × 164.0 mm, "), "{said}");
    assert!(std::fs::read(bench.path("maze.pdf")).unwrap().starts_with(b"%PDF-"));
}

#[test]
fn what_cannot_be_made_is_one_sentence_and_wrong_usage_is_told_from_failure() {
    let bench = trained();
    bench.refused("figure bp-4", &["bp-4: expected a run of task cue_reward", "the 4 run folders in runs"]);
    bench.misused("figure dp-6 --with colour=red", &["colour"]);
    bench.refused("figure dp-4b --out w.csv", &["w.csv: cannot be written: dp-4b is a picture"]);
    bench.refused("figure dp-6 --out runs/some/non/metrics.csv", &["metrics.csv"]);
    for (line, words) in [
        ("figure", "<NAME>"),
        ("figure dp-9", "there is no figure dp-9"),
        ("figure dp-6 --out maze.gif", "expected a name that ends in .png, .svg, .pdf, .csv or .md, found another"),
        ("figure dp-6 --out maze.png --width 85mm", "--width belongs to .svg and .pdf, found it with another ending"),
        ("figure dp-6 --out maze.svg --width 3", "expected a width"),
        ("figure dp-4b", "dp-4b is a picture and has no numbers to print"),
        ("figure dp-6 --smooth 0", "0"),
        ("figure dp-6 --with colour", "expected KEY=VALUE, found colour"),
        ("figure dp-6 --list", "--list"),
    ] {
        let output = bench.run(line);
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{line}: {errors}");
        assert!(errors.contains(words), "{line}: {errors}");
    }
}
