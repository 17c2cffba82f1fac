//! The rows.

use super::Row;

/// All functions.
pub static ROWS: &[Row] = &[];
