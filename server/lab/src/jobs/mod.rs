//! One job, one file or folder.

pub(crate) mod apply;
pub(crate) mod cluster;
pub(crate) mod describe;
pub(crate) mod experiment;
pub(crate) mod recommend;
pub(crate) mod rfm;

use crate::LabError;

/// What the algorithms refuse, as the laboratory's error: too little data stays that, a parameter is wrong usage.
pub(crate) fn refused(error: bellwether_algorithms::Error) -> LabError {
    use bellwether_algorithms::Error;
    match &error {
        Error::TooLittleData { what, need, have } => {
            LabError::too_little(format!("{what} needs at least {need}, there are {have}"))
        }
        Error::Parameter { .. } => LabError::usage(error.to_string()),
        _ => LabError::Other(error.to_string()),
    }
}
