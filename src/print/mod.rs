//! Formulas as text for people and programs. Printing is faithful: what is printed reads back to the same tree; choosing
//! a nicer tree is the business of others.

mod latex;
mod latex_names;
mod latex_width;
mod layout;
mod linear;
mod text;
mod unicode;

pub use latex::{latex, latex_with};
pub use latex_names::latex_sign;
pub use latex_width::{latex_width, latex_width_in_line};
pub use layout::nodes;
pub use text::{text, text_with};
pub use unicode::{unicode, unicode_with};
