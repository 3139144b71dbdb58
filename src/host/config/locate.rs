use super::Environment;
use std::path::{Path, PathBuf};

/// The name of a project's configuration.
pub const FILE_NAME: &str = "agentflow.toml";

/// The configuration of the project that `start` (a script or a directory) belongs to: the nearest one upwards.
/// `AGENTFLOW_CONFIG` names another instead.
pub fn project_file(start: &Path, environment: &Environment) -> Option<PathBuf> {
    if let Some(named) = environment.get("AGENTFLOW_CONFIG").filter(|path| !path.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let absolute = std::path::absolute(start).ok()?;
    let first = if absolute.is_dir() { Some(absolute.as_path()) } else { absolute.parent() };
    first?.ancestors().map(|directory| directory.join(FILE_NAME)).find(|path| path.exists())
}

/// The user's own configuration, whether it is there or not: below `XDG_CONFIG_HOME`, else `~/.config`, on Windows
/// `%APPDATA%`.
pub fn user_file(environment: &Environment) -> Option<PathBuf> {
    let set = |name: &str| environment.get(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = || set("HOME").map(|home| home.join(".config"));
    let directory = set("XDG_CONFIG_HOME").or_else(|| set("APPDATA")).or_else(home)?;
    Some(directory.join("agentflow").join(FILE_NAME))
}
