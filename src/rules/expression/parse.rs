//! Parses expressions: those of users with a parser that explains mistakes, those of the built-in rules with a quick one.
//!
//! The parser of the `cel` crate is made by ANTLR. Its first expressions cost milliseconds, more than a whole run on a
//! small package. The crate has a second parser, written by hand, that is not documented yet. It is used only for the
//! expressions that are part of this program, of which a test makes sure that both parsers read each in the same way.

use cel::common::ast::{IdedExpr, SourceInfo};
use cel::parser::{ParseErrors, Parser, PrattParser};

/// A parsed expression.
pub(in crate::rules) struct Parsed {
    pub(in crate::rules) tree: IdedExpr,
    /// Where each node of the tree was written.
    pub(in crate::rules) places: SourceInfo,
}

/// Parses an expression.
///
/// # Errors
/// The mistakes in it.
pub(in crate::rules) fn parse(source: &str) -> Result<Parsed, ParseErrors> {
    let parser = Parser::new().enable_optional_syntax(true);
    parser.parse_with_source_info(source).map(|(tree, places)| Parsed { tree, places })
}

/// Parses an expression of a built-in rule. The places of its nodes, which only mistakes need, are left out.
///
/// # Errors
/// As [`parse`]; there is none in a built-in rule.
pub(in crate::rules) fn parse_known(source: &str) -> Result<Parsed, ParseErrors> {
    match PrattParser::new().enable_optional_syntax(true).parse(source) {
        Ok(tree) => Ok(Parsed { tree, places: SourceInfo::default() }),
        Err(_) => parse(source),
    }
}
