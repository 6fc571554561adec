//! Waiting at a socket for questions, and ending when none comes.
//!
//! The process that started this one has gone on by the time it answers: nothing of that process is kept, no stream, no
//! terminal, no folder. Nothing that is asked is written anywhere, nor can it be read out of this process by another of the same
//! user, or out of what it would leave behind when it crashes.

use std::fs;
use std::io::{self, BufReader};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use litmine::embed::protocol::{self, Kind};
use litmine::embed::runtime::{self, Held, Meeting};

use crate::model::{Model, ModelError};
use crate::serve::serve as converse;

/// Who may talk at one time; others are sent away.
const TALKERS: usize = 32;
/// How often it is looked whether it is time to end.
const LOOK: Duration = Duration::from_millis(200);

/// Answers at the socket until nobody has asked for `idle`. Where another encoder has the place already, there is nothing to do.
pub(crate) fn serve(
    socket: PathBuf,
    idle: Duration,
    load: impl FnOnce() -> Result<Model, ModelError>,
) -> io::Result<()> {
    let meeting = Meeting::at(std::path::absolute(socket)?);
    detach();
    let Some(held) = meeting.hold()? else { return Ok(()) };
    let listener = match meeting.listen(&held) {
        Ok(listener) => listener,
        Err(error) => {
            meeting.leave(held);
            return Err(error);
        }
    };
    // Who connects from here on waits for the greeting.
    let model = match load() {
        Ok(model) => Arc::new(model),
        Err(error) => {
            refuse(&listener, &error.to_string());
            meeting.leave(held);
            return Err(io::Error::other(error.to_string()));
        }
    };
    // So that no disk is kept from being unmounted.
    std::env::set_current_dir("/")?;
    let watch = Watch::default();
    {
        let watch = watch.clone();
        thread::spawn(move || accept(&listener, &model, &watch));
    }
    while !watch.is_over(idle) && meeting.socket().exists() {
        thread::sleep(LOOK.min(idle / 4));
    }
    end(&meeting, held)
}

/// Takes the socket away and ends, whoever is still connected: they ask the next one.
#[expect(unsafe_code, reason = "the end of the process")]
fn end(meeting: &Meeting, held: Held) -> ! {
    meeting.leave(held);
    // SAFETY: ends the process. Not by way of the destructors of libtorch, which other threads may still be using.
    unsafe { libc::_exit(0) }
}

/// Tells those who have connected why there will be no greeting.
fn refuse(listener: &UnixListener, reason: &str) {
    if listener.set_nonblocking(true).is_ok() {
        while let Ok((mut stream, _)) = listener.accept() {
            let _ = protocol::write(&mut stream, Kind::Refusal, reason.as_bytes());
        }
    }
}

fn accept(listener: &UnixListener, model: &Arc<Model>, watch: &Watch) {
    for stream in listener.incoming().flatten() {
        if !runtime::is_same_user(&stream) {
            continue;
        }
        let Some(talker) = watch.talker() else { continue };
        let (model, watch) = (Arc::clone(model), watch.clone());
        thread::spawn(move || {
            let _talker = talker;
            // One who goes away in the middle is no trouble of ours.
            let _ = talk(&model, &stream, &watch);
        });
    }
}

fn talk(model: &Model, stream: &UnixStream, watch: &Watch) -> io::Result<()> {
    converse(model, &mut BufReader::new(stream), &mut &*stream, || watch.busy())
}

/// Who talks, who waits for an answer, and since when nobody does.
#[derive(Clone)]
struct Watch(Arc<Mutex<State>>);

struct State {
    talkers: usize,
    busy: usize,
    since: Instant,
}

impl Default for Watch {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(State { talkers: 0, busy: 0, since: Instant::now() })))
    }
}

impl Watch {
    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// One more who talks, until what is given is dropped; none where there are enough.
    fn talker(&self) -> Option<Ending> {
        let welcome = self.change(|state| {
            let welcome = state.talkers < TALKERS;
            state.talkers += usize::from(welcome);
            welcome
        });
        welcome.then(|| Ending { watch: self.clone(), end: |state| state.talkers -= 1 })
    }

    /// One more request that is worked on, until what is given is dropped.
    fn busy(&self) -> Ending {
        self.change(|state| state.busy += 1);
        let end = |state: &mut State| {
            state.busy -= 1;
            state.since = Instant::now();
        };
        Ending { watch: self.clone(), end }
    }

    /// Whether nobody has asked for so long.
    fn is_over(&self, idle: Duration) -> bool {
        self.change(|state| state.busy == 0 && state.since.elapsed() >= idle)
    }
}

/// Something that ends when it is dropped.
struct Ending {
    watch: Watch,
    end: fn(&mut State),
}

impl Drop for Ending {
    fn drop(&mut self) {
        self.watch.change(self.end);
    }
}

/// Leaves everything that belongs to who started this: session, terminal, open files.
#[expect(unsafe_code, reason = "calls of the C library")]
fn detach() {
    // The first to go when memory is short: nothing is lost with it.
    let _ = fs::write("/proc/self/oom_score_adj", "500");
    // SAFETY: none of the calls touches memory of ours. Nothing was opened yet: every descriptor beyond the standard streams
    // came from who started this.
    unsafe {
        libc::setsid();
        #[cfg(target_os = "linux")]
        {
            libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0);
            libc::prctl(libc::PR_SET_DUMPABLE, 0);
        }
        let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        libc::setrlimit(libc::RLIMIT_CORE, &raw const none);
    }
}
