//! What can go wrong, each with the exit status that scripts rely on.

use std::path::PathBuf;

/// Why a job did not end well. The text says what was wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LabError {
    /// An option, or a combination of options, that makes no sense. Exit status 2.
    #[error("{0}")]
    Usage(String),
    /// A column was named that the input does not have. Exit status 2.
    #[error("there is no column `{name}` in the input{}", suggestion(.closest))]
    UnknownColumn {
        /// The name as given.
        name: String,
        /// The most similar names that exist, best first.
        closest: Vec<String>,
    },
    /// The input cannot be used. Exit status 3.
    #[error("{input}: {problem}")]
    Input {
        /// The file, or `standard input`.
        input: String,
        /// What is wrong and what to do.
        problem: String,
    },
    /// There is too little data for an honest answer. Exit status 4.
    #[error("too little data: {}", .missing.join("; "))]
    TooLittleData {
        /// What would be needed, one entry each.
        missing: Vec<String>,
    },
    /// A file could not be written. Exit status 1.
    #[error("cannot write {}: {source}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Anything else. Exit status 1.
    #[error("{0}")]
    Other(String),
}

/// Result of everything in this crate that can fail.
pub type Result<T> = std::result::Result<T, LabError>;

impl LabError {
    /// The exit status of the process.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::UnknownColumn { .. } => 2,
            Self::Input { .. } => 3,
            Self::TooLittleData { .. } => 4,
            Self::Write { .. } | Self::Other(_) => 1,
        }
    }

    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    pub(crate) fn input(input: &str, problem: impl Into<String>) -> Self {
        let input = if input == "-" { "standard input" } else { input };
        Self::Input { input: input.to_owned(), problem: problem.into() }
    }

    pub(crate) fn too_little(missing: impl Into<String>) -> Self {
        Self::TooLittleData { missing: vec![missing.into()] }
    }
}

fn suggestion(closest: &[String]) -> String {
    match closest {
        [] => String::new(),
        [one] => format!("; did you mean `{one}`?"),
        many => format!("; the closest are {}", many.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")),
    }
}
