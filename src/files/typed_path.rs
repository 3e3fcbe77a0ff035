//! Paths as people type and paste them: with a home folder, quotes, as the address of a file manager, with blanks around.

use super::FileError;
use std::path::{Path, PathBuf};

/// Quotes that shells, file managers and documents put around a path.
const QUOTES: [(char, char); 6] = [('"', '"'), ('\'', '\''), ('“', '”'), ('‘', '’'), ('«', '»'), ('`', '`')];

/// The path that somebody means by `text`. Blanks and line ends around it go; so do quotes; `~` is the home folder; the
/// address of a file (`file:///my%20files`) is its path; a blank that a shell has marked (`my\ files`) is a blank. What
/// exists as it is written is taken as it is written.
pub fn typed_path(text: &str) -> PathBuf {
    PathBuf::from(cleaned(text))
}

/// The same as text.
pub fn cleaned(text: &str) -> String {
    meant(text, std::env::home_dir().as_deref(), Path::exists)
}

/// Refuses a name that says the file is something else than what is written to it; one without an ending says nothing.
///
/// # Errors
/// When its ending is another than `expected`, which is given without the dot.
pub fn check_ending(path: &Path, expected: &str) -> Result<(), FileError> {
    match path.extension().filter(|found| !found.eq_ignore_ascii_case(expected)) {
        Some(found) => {
            let found = found.display();
            Err(FileError::new(path, format!("expected a name that ends in .{expected}, found .{found}")))
        }
        None => Ok(()),
    }
}

/// A word as a POSIX shell reads it: in quotes where a letter of it could mean something else.
pub fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "_./=,:+@%-".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) { word.to_owned() } else { in_quotes(word) }
}

/// The same, in quotes whatever it is.
pub fn in_quotes(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Several paths: separated by semicolons, as lines, or as addresses of files with blanks between them, as file managers
/// copy them. What stands in quotes stays together.
pub fn typed_paths(text: &str) -> Vec<PathBuf> {
    let is_addresses = text.trim_start().starts_with("file:");
    let mut parts = vec![String::new()];
    let mut closing = None;
    let text = text.trim();
    for (place, letter) in text.char_indices() {
        let ends = matches!(letter, ';' | '\n' | '\r') || (is_addresses && letter.is_whitespace());
        if closing.is_none() && ends {
            parts.push(String::new());
            continue;
        }
        let part = parts.last_mut().expect("there is a first part");
        closing = match closing {
            Some(end) => Some(end).filter(|end| *end != letter),
            // An apostrophe within a name is none of a pair.
            None if part.trim().is_empty() => {
                let rest = &text[place + letter.len_utf8()..];
                QUOTES.iter().find(|(begin, _)| *begin == letter).map(|&(_, end)| end).filter(|&end| rest.contains(end))
            }
            None => None,
        };
        part.push(letter);
    }
    parts.iter().filter(|part| !part.trim().is_empty()).map(|part| typed_path(part)).collect()
}

fn meant(text: &str, home: Option<&Path>, exists: impl Fn(&Path) -> bool) -> String {
    let text = text.trim();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if let Some(path) = at_home(text, home) {
        return path;
    }
    if text.is_empty() || exists(Path::new(text)) {
        return text.to_owned();
    }
    let unquoted = QUOTES.iter().find_map(|&(begin, end)| text.strip_prefix(begin)?.strip_suffix(end));
    if let Some(inner) = unquoted {
        return meant(inner, home, exists);
    }
    if let Some(path) = of_address(text) {
        return path;
    }
    let without_marks = unmarked(text);
    if without_marks == text { text.to_owned() } else { meant(&without_marks, home, exists) }
}

/// `~` and `~/x`.
fn at_home(text: &str, home: Option<&Path>) -> Option<String> {
    let home = home?.to_str()?;
    let rest = text.strip_prefix('~')?;
    let is_below = rest.starts_with('/') || (cfg!(windows) && rest.starts_with('\\'));
    (rest.is_empty() || is_below).then(|| format!("{}{rest}", home.trim_end_matches('/')))
}

/// The path of `file:///x%20y`, `file://localhost/x` and `file:/x`.
fn of_address(text: &str) -> Option<String> {
    let scheme = text.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("file:"))?;
    let rest = &text[scheme.len()..];
    let path = match rest.strip_prefix("//") {
        Some(with_host) => with_host.strip_prefix("localhost").unwrap_or(with_host),
        None => rest,
    };
    // On Windows the path of an address is /C:/x.
    let path = if cfg!(windows) { path.strip_prefix('/').unwrap_or(path) } else { path };
    let mut bytes = Vec::with_capacity(path.len());
    let mut left = path.as_bytes();
    while let [first, after @ ..] = left {
        let code = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let coded = code.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(coded.unwrap_or(*first));
        left = if coded.is_some() { &after[2..] } else { after };
    }
    String::from_utf8(bytes).ok().filter(|path| !path.is_empty())
}

/// Without the marks that a shell needs before blanks and the like; on Windows they are part of a path.
fn unmarked(text: &str) -> String {
    if cfg!(windows) {
        return text.to_owned();
    }
    let mut path = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letters.peek() {
            Some(&next) if letter == '\\' && !next.is_alphanumeric() => {
                path.push(next);
                letters.next();
            }
            _ => path.push(letter),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant_by(text: &str) -> String {
        let known = ["'odd'", "a\\ b", "file:x"];
        meant(text, Some(Path::new("/home/ada")), |path| known.iter().any(|name| path == Path::new(name)))
    }

    #[test]
    fn names_say_what_is_in_a_file_or_nothing() {
        for fine in ["a.csv", "a.CSV", "folder.png/a", "a", ""] {
            assert!(check_ending(Path::new(fine), "csv").is_ok(), "{fine}");
        }
        let said = check_ending(Path::new("b/a.png"), "csv").unwrap_err().to_string();
        assert_eq!(said, "b/a.png: expected a name that ends in .csv, found .png");
    }

    #[test]
    #[cfg(unix)]
    fn what_people_paste_is_the_path_they_mean() {
        for (text, path) in [
            ("/x/y", "/x/y"),
            ("  /x/my files \r\n", "/x/my files"),
            ("~", "/home/ada"),
            ("~/runs/a b", "/home/ada/runs/a b"),
            ("\"~/runs\"", "/home/ada/runs"),
            ("~ada/runs", "~ada/runs"),
            ("\"/x/my files\"", "/x/my files"),
            ("'/x/my files'\n", "/x/my files"),
            ("“/x/y”", "/x/y"),
            ("/it's/mine", "/it's/mine"),
            ("file:///x/my%20files/%C3%A9.png", "/x/my files/é.png"),
            ("'file:///x/y'", "/x/y"),
            ("FILE://localhost/x", "/x"),
            ("file:/x/100%", "/x/100%"),
            ("file:///x/%ff", "file:///x/%ff"),
            ("/x/my\\ files\\ \\(2\\)", "/x/my files (2)"),
            ("", ""),
            (" \n", ""),
            // What exists is taken as it is written.
            ("'odd'", "'odd'"),
            ("a\\ b", "a\\ b"),
            ("file:x", "file:x"),
        ] {
            assert_eq!(meant_by(text), path, "{text:?}");
        }
    }

    #[test]
    fn a_path_that_has_been_cleaned_stays_what_it_is() {
        for text in ["/x/my files", "runs/first", "C:\\x\\y.png", "~nobody", "a;b", "é.png"] {
            assert_eq!(meant_by(&meant_by(text)), meant_by(text));
            assert_eq!(meant_by(text), text);
        }
    }

    #[test]
    #[cfg(unix)]
    fn several_paths_come_apart_where_people_separate_them() {
        let paths = |text: &str| typed_paths(text).iter().map(|path| path.display().to_string()).collect::<Vec<_>>();
        assert_eq!(paths("/a; /b c ;;"), ["/a", "/b c"]);
        assert_eq!(paths("\"/a;b\"; '/c d'"), ["/a;b", "/c d"]);
        assert_eq!(paths("/a\r\n/b\n"), ["/a", "/b"]);
        assert_eq!(paths("file:///a%20b file:///c\nfile:///d"), ["/a b", "/c", "/d"]);
        assert_eq!(paths("/it's; /it's too"), ["/it's", "/it's too"]);
        assert_eq!(paths("'/open; /b"), ["'/open", "/b"]);
        assert!(paths(" ;\n").is_empty());
    }
}
