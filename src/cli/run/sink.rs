use super::options::Options;
use super::progress::Progress;
use crate::cli::{Refusal, Screen};
use crate::engine::effect::{Event, EventSink};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::{Mutex, PoisonError};

/// Everybody who hears the events of a run.
pub(super) struct Sinks {
    progress: Progress,
    lines: Lines,
}

/// Where `--events` goes.
enum Lines {
    Nowhere,
    Output(Screen),
    File(Mutex<BufWriter<File>>),
}

impl Sinks {
    /// The screen, and what `--events` asks for.
    pub(super) fn new(progress: Progress, options: &Options, screen: Screen) -> Result<Self, Refusal> {
        let lines = match &options.events {
            None => Lines::Nowhere,
            Some(path) if path.as_os_str() == "-" => Lines::Output(screen),
            Some(path) => {
                let file = File::create(path).map_err(|error| {
                    Refusal::usage(format!("`--events={}` cannot be written: {error}", path.display()))
                })?;
                Lines::File(Mutex::new(BufWriter::new(file)))
            }
        };
        Ok(Self { progress, lines })
    }

    /// Whether the events are on the standard output, where the result follows them as JSON.
    pub(super) fn is_piped(&self) -> bool {
        matches!(self.lines, Lines::Output(_))
    }

    /// The run is over.
    pub(super) fn finish(&self) {
        self.progress.finish();
        if let Lines::File(file) = &self.lines {
            let _ = file.lock().unwrap_or_else(PoisonError::into_inner).flush();
        }
    }
}

impl EventSink for Sinks {
    fn event(&self, event: &Event) {
        self.progress.event(event);
        let line = || serde_json::to_string(event).unwrap_or_default();
        match &self.lines {
            Lines::Nowhere => {}
            Lines::Output(screen) => screen.result(&line()),
            Lines::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                let _ = writeln!(file, "{}", line()).and_then(|()| file.flush());
            }
        }
    }
}
