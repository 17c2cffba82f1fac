//! Books in XML, such as those of `PreTeXt`: their formulas with the marks of LaTeX.
//!
//! This file knows the names of elements and nothing of formulas. It keeps the number of bytes.

/// Formulas of XML, as books in `PreTeXt` have them, with the marks of LaTeX: `<m>`, `<me>`, `<md>` and `<mrow>`.
pub(super) fn with_marks_of_latex(mut text: String) -> String {
    if !["</m>", "</me>", "</md>", "</mrow>", "</men>", "</mdn>"].iter().any(|tag| text.contains(tag)) {
        return text;
    }
    for (tag, mark) in [("m", "$"), ("me", "$$"), ("men", "$$"), ("md", "$$"), ("mdn", "$$"), ("mrow", "")] {
        let behind = if tag == "mrow" { "\\\\" } else { mark };
        // As many bytes as before, so that places stay.
        let close = format!("</{tag}>");
        text = text.replace(&close, &format!("{behind:<length$}", length = close.len()));
        let open = format!("<{tag}");
        let mut from = 0;
        while let Some(found) = text[from..].find(&open) {
            let start = from + found;
            from = start + open.len();
            // <md>, <md number="no">, and not <mdn>
            if let Some(length) = text[from..].find('>').filter(|_| text[from..].starts_with(['>', ' '])) {
                let end = from + length + 1;
                if text[start..end].is_ascii() {
                    text.replace_range(start..end, &format!("{mark:<length$}", length = end - start));
                }
            }
        }
    }
    // <intertext> is prose between rows.
    text = text.replace("<intertext>", "\\intertext{").replace("</intertext>", "}           ");
    for (written, meant) in [("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("\\amp", "&")] {
        text = text.replace(written, &format!("{meant:<length$}", length = written.len()));
    }
    text
}
