//! `:cursor` in the text of a query.
//!
//! The value is written into the query and not bound to it: a bound one needs the column's own type, which only the
//! database knows, while a literal takes the type of what it is compared with.

/// The query with a literal in the place of every `:cursor` that stands outside of quotes and comments; and how many there were.
pub(crate) fn fill(sql: &str, literal: &str) -> (String, usize) {
    const NAME: &str = ":cursor";
    let (mut filled, mut times) = (String::with_capacity(sql.len() + literal.len()), 0);
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let skip = match first {
            '\'' | '"' | '`' => quoted(rest, first),
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
            // A cast of PostgreSQL.
            ':' if rest.starts_with("::") => 2,
            ':' if rest.starts_with(NAME) && !rest[NAME.len()..].starts_with(is_of_a_name) => {
                filled.push_str(literal);
                times += 1;
                rest = &rest[NAME.len()..];
                continue;
            }
            other => other.len_utf8(),
        };
        filled.push_str(&rest[..skip]);
        rest = &rest[skip..];
    }
    (filled, times)
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn quoted(rest: &str, quote: char) -> usize {
    rest[1..].find(quote).map_or(rest.len(), |at| at + 2)
}

/// Without what ends a statement, so that it can stand inside of another one.
pub(crate) fn bare(sql: &str) -> &str {
    sql.trim().trim_end_matches(|c: char| c == ';' || c.is_whitespace())
}

/// A text in quotes, for databases in which nothing but a quote is special in it.
pub(crate) fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_name_itself_is_filled() {
        for (sql, filled, times) in [
            ("SELECT * FROM t WHERE id > :cursor ORDER BY id", "SELECT * FROM t WHERE id > 5 ORDER BY id", 1),
            ("x >= :cursor OR y > :cursor", "x >= 5 OR y > 5", 2),
            ("a::cursor, ':cursor', \":cursor\", `:cursor`", "a::cursor, ':cursor', \":cursor\", `:cursor`", 0),
            (":cursors :cursor_ -- :cursor\n/* :cursor */ :cursor", ":cursors :cursor_ -- :cursor\n/* :cursor */ 5", 1),
            ("'it''s' || :cursor", "'it''s' || 5", 1),
            ("名 > :cursor '", "名 > 5 '", 1),
        ] {
            assert_eq!(fill(sql, "5"), (filled.to_owned(), times), "{sql}");
        }
    }

    #[test]
    fn statements_are_made_bare_and_quotes_doubled() {
        assert_eq!(bare(" SELECT 1 ;\n; "), "SELECT 1");
        assert_eq!(quote("it's"), "'it''s'");
    }
}
