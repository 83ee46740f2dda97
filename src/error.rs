//! The one error of the library.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::record::Problem;

/// What went wrong, with the file it went wrong in where there is one. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Error(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    path: Option<PathBuf>,
}

/// The kinds of errors, each with its own message.
#[derive(Debug)]
pub(crate) enum ErrorKind {
    Io(io::Error),
    /// Rows or files that break the CSV contract.
    Rows(Vec<Problem>),
    /// The bytes do not begin as a compiled gazetteer does.
    Foreign,
    /// Made by another version of this program.
    Version {
        what: &'static str,
        found: String,
        expected: String,
        newer: bool,
    },
    Truncated {
        expected: u64,
        found: u64,
    },
    Corrupt(&'static str),
    /// More of something than the format holds.
    Limit {
        what: &'static str,
        most: u64,
    },
}

impl Error {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self(Arc::new(Inner { kind, path: None }))
    }

    pub(crate) fn at(self, path: &Path) -> Self {
        match Arc::try_unwrap(self.0) {
            Ok(inner) => Self(Arc::new(Inner { path: Some(path.to_owned()), ..inner })),
            Err(shared) => Self(shared),
        }
    }

    /// The file in question.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The rows that break the CSV contract; empty for other errors.
    pub fn problems(&self) -> &[Problem] {
        if let ErrorKind::Rows(problems) = &self.0.kind { problems } else { &[] }
    }

    /// True if reading or writing failed.
    pub fn is_io(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Io(_))
    }

    /// True if the bytes are damaged: cut short or changed.
    pub fn is_corrupt(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Corrupt(_) | ErrorKind::Truncated { .. })
    }

    /// True if the bytes are no compiled gazetteer at all.
    pub fn is_foreign(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Foreign)
    }

    /// True if the file is sound but made by a version that this one does not read.
    pub fn is_incompatible(&self) -> bool {
        matches!(self.0.kind, ErrorKind::Version { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.0.path {
            write!(out, "{}: ", path.display())?;
        }
        match &self.0.kind {
            ErrorKind::Io(error) => write!(out, "{error}"),
            ErrorKind::Rows(problems) => {
                for (index, problem) in problems.iter().enumerate() {
                    if index > 0 {
                        writeln!(out)?;
                    }
                    write!(out, "{problem}")?;
                }
                Ok(())
            }
            ErrorKind::Foreign => out.write_str(
                "not a compiled gazetteer; name lists are compiled with `exonym compile LIST.csv -o OUT.gaz`",
            ),
            ErrorKind::Version { what, found, expected, newer } => {
                write!(out, "{what} is {found}, but this program reads {expected}; ")?;
                out.write_str(if *newer {
                    "update the program, or compile the lists again with this one"
                } else {
                    "compile the lists again with this program"
                })
            }
            ErrorKind::Truncated { expected, found } => {
                write!(out, "cut short or padded: {found} bytes instead of {expected}; copy or compile it again")
            }
            ErrorKind::Corrupt(what) => {
                write!(out, "damaged: {what} differs from its checksum or bounds; copy or compile it again")
            }
            ErrorKind::Limit { what, most } => write!(out, "more {what} than the format holds ({most})"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        // The message holds that of an I/O error: what caused that is next.
        if let ErrorKind::Io(error) = &self.0.kind { error.source() } else { None }
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::new(ErrorKind::Io(error))
    }
}

impl From<Vec<Problem>> for Error {
    fn from(problems: Vec<Problem>) -> Self {
        Self::new(ErrorKind::Rows(problems))
    }
}
