//! Reads Rust source just closely enough to see which paths it names, and where.

/// A path as written, `use` trees spelled out: `use a::{b, c::d}` names `a::b` and `a::c::d`.
#[derive(Debug, PartialEq, Eq)]
pub struct NamedPath {
    pub line: usize,
    pub segments: Vec<String>,
}

/// Every path of two segments or more, and every single name that is imported.
pub fn named_paths(source: &str) -> Vec<NamedPath> {
    let code = without_comments_and_text(source);
    let tokens = tokens(&code);
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let start = at;
        match tokens[at].text {
            "use" => at = use_tree(&tokens, at + 1, &mut Vec::new(), &mut paths),
            text if is_name(text) => at = plain_path(&tokens, at, &mut paths),
            _ => {}
        }
        at = at.max(start + 1);
    }
    paths
}

struct Token<'a> {
    line: usize,
    text: &'a str,
}

/// Names, `::` and single characters.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    for (index, text) in code.lines().enumerate() {
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if is_name_char(first) {
                rest.find(|c| !is_name_char(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            tokens.push(Token { line: index + 1, text: &rest[..length] });
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

fn text<'a>(tokens: &[Token<'a>], at: usize) -> &'a str {
    tokens.get(at).map_or("", |token| token.text)
}

fn plain_path(tokens: &[Token], start: usize, paths: &mut Vec<NamedPath>) -> usize {
    let mut segments = vec![tokens[start].text.to_owned()];
    let mut at = start + 1;
    while text(tokens, at) == "::" && is_name(text(tokens, at + 1)) {
        segments.push(text(tokens, at + 1).to_owned());
        at += 2;
    }
    if segments.len() > 1 {
        paths.push(NamedPath { line: tokens[start].line, segments });
    }
    at
}

/// One branch of a `use` tree below `prefix`; gives back where it ends.
fn use_tree(tokens: &[Token], mut at: usize, prefix: &mut Vec<String>, paths: &mut Vec<NamedPath>) -> usize {
    let depth = prefix.len();
    if text(tokens, at) == "::" {
        at += 1;
    }
    loop {
        match text(tokens, at) {
            "{" => {
                at += 1;
                while at < tokens.len() && text(tokens, at) != "}" {
                    at = use_tree(tokens, at, prefix, paths);
                    if text(tokens, at) == "," {
                        at += 1;
                    }
                }
                at += 1;
                break;
            }
            word if is_name(word) || word == "*" => {
                prefix.push(word.to_owned());
                at += 1;
                if text(tokens, at) == "::" {
                    at += 1;
                    continue;
                }
                paths.push(NamedPath { line: tokens[at - 1].line, segments: prefix.clone() });
                if text(tokens, at) == "as" {
                    at += 2;
                }
                break;
            }
            // Not a use tree: macros may hold anything. The caller goes on behind it.
            _ => {
                at += 1;
                break;
            }
        }
    }
    prefix.truncate(depth);
    at
}

/// The same text with comments and the content of literals blanked; lines stay where they are.
pub fn without_comments_and_text(source: &str) -> String {
    let chars: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_or_comment_end(&chars, at);
        match end {
            Some(end) => {
                code.extend(chars[at..end].iter().map(|c| if *c == '\n' { '\n' } else { ' ' }));
                at = end;
            }
            None => {
                code.push(chars[at]);
                at += 1;
            }
        }
    }
    code
}

/// Where the comment or literal that begins here ends; None: none begins here.
fn literal_or_comment_end(chars: &[char], at: usize) -> Option<usize> {
    let peek = |offset: usize| chars.get(at + offset).copied().unwrap_or('\0');
    let inside_a_name = at > 0 && is_name_char(chars[at - 1]);
    match (chars[at], peek(1)) {
        ('/', '/') => Some(position(chars, at, |c| c == '\n')),
        ('/', '*') => Some(block_comment_end(chars, at)),
        ('"', _) => Some(quoted_end(chars, at + 1, '"')),
        ('r', '"' | '#') if !inside_a_name || chars[at - 1] == 'b' => raw_text_end(chars, at),
        // A lifetime has no closing quote two characters on; an escape always is a character.
        ('\'', '\\') => Some(quoted_end(chars, at + 1, '\'')),
        ('\'', _) if peek(2) == '\'' => Some(at + 3),
        _ => None,
    }
}

fn position(chars: &[char], from: usize, wanted: impl Fn(char) -> bool) -> usize {
    chars[from..].iter().position(|c| wanted(*c)).map_or(chars.len(), |offset| from + offset)
}

fn block_comment_end(chars: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < chars.len() {
        match (chars[at], chars.get(at + 1)) {
            ('/', Some('*')) => depth += 1,
            ('*', Some('/')) => depth -= 1,
            _ => {
                at += 1;
                continue;
            }
        }
        at += 2;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn quoted_end(chars: &[char], mut at: usize, quote: char) -> usize {
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// `r#name` is a name, not a text.
fn raw_text_end(chars: &[char], start: usize) -> Option<usize> {
    let quote = position(chars, start + 1, |c| c != '#');
    if chars.get(quote) != Some(&'"') {
        return None;
    }
    let hashes = quote - start - 1;
    let mut at = quote + 1;
    loop {
        at = position(chars, at, |c| c == '"');
        if at == chars.len() {
            return Some(at);
        }
        at += 1;
        if chars[at..].iter().take(hashes).filter(|c| **c == '#').count() == hashes {
            return Some(at + hashes);
        }
    }
}

#[cfg(test)]
#[path = "source_test.rs"]
mod source_test;
