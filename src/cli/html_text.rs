//! The text of a web page, with the way back to the page's own bytes.
//!
//! Not a parser of HTML: tags are taken off, the contents of scripts, styles and comments left out,
//! character references decoded, block elements set apart by blank lines. Every piece of text knows
//! where it stands in the page, so that mentions are reported in the page as it is.

use exonym::{OffsetUnit, Offsets, Span};

/// A page and its text.
#[derive(Debug)]
pub(crate) struct HtmlText {
    page: String,
    text: String,
    /// Runs of the text: where each begins in text and page, and its length in the page. A run of
    /// equal length in both is copied text; any other is one character reference.
    runs: Vec<Run>,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    text: usize,
    text_end: usize,
    page: usize,
    page_end: usize,
}

/// Elements that stand apart from the text around them.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "caption",
    "dd",
    "details",
    "dialog",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "li",
    "main",
    "nav",
    "noscript",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "title",
    "tr",
    "ul",
    "video",
];

/// Elements whose contents are no text.
const SILENT: &[&str] = &["script", "style", "template", "svg", "math", "textarea"];

impl HtmlText {
    pub(crate) fn new(page: String) -> Self {
        let mut html = Self { page, text: String::new(), runs: Vec::new() };
        let page = std::mem::take(&mut html.page);
        html.read(&page);
        html.page = page;
        html
    }

    /// The text; the page keeps the way back.
    pub(crate) fn take_text(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    fn read(&mut self, page: &str) {
        let mut at = 0;
        while let Some(rest) = page.get(at..).filter(|rest| !rest.is_empty()) {
            if rest.starts_with("<!--") {
                at += rest.find("-->").map_or(rest.len(), |end| end + 3);
            } else if let Some(name) = tag_name(rest) {
                at += tag_end(rest);
                if BLOCKS.contains(&name.as_str()) {
                    self.break_block(at);
                }
                if SILENT.contains(&name.as_str()) && !rest.starts_with("</") {
                    at += page.get(at..).map_or(0, |rest| closing_tag(rest, &name));
                }
            } else if rest.starts_with("<!") || rest.starts_with("<?") {
                at += tag_end(rest);
            } else if let Some((length, decoded)) = reference(rest) {
                self.push(&decoded, at, length);
                at += length;
            } else {
                let plain = rest.char_indices().skip(1).find(|(_, char)| matches!(char, '<' | '&'));
                let length = plain.map_or(rest.len(), |(length, _)| length);
                self.push(rest.get(..length).unwrap_or_default(), at, length);
                at += length;
            }
        }
    }

    fn push(&mut self, text: &str, page: usize, length: usize) {
        let start = self.text.len();
        self.text.push_str(text);
        self.runs.push(Run {
            text: start,
            text_end: self.text.len(),
            page,
            page_end: page + length,
        });
    }

    fn break_block(&mut self, page: usize) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.push("\n\n", page, 0);
        }
    }

    /// Start and end in the page, in `unit`, and the page's own text of a span of the text.
    pub(crate) fn place(&self, span: Span, offsets: &mut Offsets<'_>) -> (usize, usize, String) {
        let start = self.in_page(span.start, false);
        let end = self.in_page(span.end, true).max(start);
        let raw = self.page.get(start..end).unwrap_or_default().to_owned();
        (offsets.at(start), offsets.at(end), raw)
    }

    /// A counter of positions in the page.
    pub(crate) fn offsets(&self, unit: OffsetUnit) -> Offsets<'_> {
        Offsets::new(&self.page, unit)
    }

    /// The byte of the page for a byte of the text: where a character starts, or where one ends.
    pub(crate) fn in_page(&self, byte: usize, end: bool) -> usize {
        let after =
            self.runs.partition_point(|run| if end { run.text < byte } else { run.text <= byte });
        let Some(run) = after.checked_sub(1).and_then(|last| self.runs.get(last)) else { return 0 };
        let copied = run.text_end - run.text == run.page_end - run.page;
        match (copied, end) {
            (true, _) => (run.page + (byte - run.text)).min(run.page_end),
            (false, true) => run.page_end,
            (false, false) => run.page,
        }
    }

    /// What stands between two bytes of the page and is no text.
    pub(crate) fn markup(&self, start: usize, end: usize) -> impl Iterator<Item = &str> {
        let first = self.runs.partition_point(|run| run.page_end <= start);
        let runs = self.runs.get(first..).unwrap_or_default();
        let mut at = start;
        runs.iter().map_while(move |run| {
            let between = (at < end).then(|| self.page.get(at..run.page.clamp(at, end)));
            at = at.max(run.page_end);
            between.flatten()
        })
    }

    /// The page as it came.
    pub(crate) fn page(&self) -> &str {
        &self.page
    }
}

/// The name of the tag that `rest` begins with, in lower case.
fn tag_name(rest: &str) -> Option<String> {
    let inside = rest.strip_prefix("</").or_else(|| rest.strip_prefix('<'))?;
    inside.starts_with(|char: char| char.is_ascii_alphabetic()).then(|| {
        inside
            .chars()
            .take_while(|char| char.is_ascii_alphanumeric() || *char == '-')
            .take(32)
            .collect::<String>()
            .to_ascii_lowercase()
    })
}

/// Length of the tag that `rest` begins with, quoted attribute values respected.
fn tag_end(rest: &str) -> usize {
    let mut quote = None;
    for (at, byte) in rest.bytes().enumerate() {
        match (byte, quote) {
            (b'>', None) => return at + 1,
            (b'"' | b'\'', None) => quote = Some(byte),
            (_, Some(open)) if byte == open => quote = None,
            _ => {}
        }
    }
    // A quote that never closes: the tag ends at the next bracket all the same.
    rest.find('>').map_or(rest.len(), |at| at + 1)
}

/// Bytes up to and with the closing tag `name`.
fn closing_tag(rest: &str, name: &str) -> usize {
    let mut at = 0;
    while let Some(found) = rest.get(at..).and_then(|rest| rest.find("</")) {
        at += found;
        let here = rest.get(at..).unwrap_or_default();
        if tag_name(here).as_deref() == Some(name) {
            return at + tag_end(here);
        }
        at += 2;
    }
    rest.len()
}

/// The character reference that `rest` begins with: its length and what it stands for.
fn reference(rest: &str) -> Option<(usize, String)> {
    let inside = rest.strip_prefix('&')?;
    let end = inside.bytes().take(40).position(|byte| byte == b';')?;
    let whole = rest.get(..end + 2)?;
    let decoded = htmlize::unescape(whole);
    (decoded != whole).then(|| (whole.len(), decoded.into_owned()))
}
