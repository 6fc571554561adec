//! Where an idling encoder can be met: a folder of this user alone, a socket and a lock in it.
//!
//! The folder is `litmine` in `$XDG_RUNTIME_DIR`, else `litmine-UID` in the system's temporary folder; it belongs to this user and
//! nobody else may look in (mode 0700), or it is not used. Both ends ask the system who is at the other ([`is_same_user`]).
//!
//! The encoder holds a lock on the file beside its socket as long as it lives, so there is one for each model, kind of numbers
//! and program, whoever starts several at once; and the lock of one that was killed is free, whatever it left behind.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::protocol;

/// The folder of this user, made if it is not there.
///
/// # Errors
/// Where it cannot be made, or is not this user's alone.
pub fn folder() -> io::Result<PathBuf> {
    let given = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute());
    // One that `su` left in the environment is somebody else's.
    let own = given.filter(|path| fs::metadata(path).is_ok_and(|folder| folder.is_dir() && folder.uid() == user()));
    let path = match own {
        Some(path) => path.join("litmine"),
        None => std::env::temp_dir().join(format!("litmine-{}", user())),
    };
    match DirBuilder::new().mode(0o700).create(&path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(&path)?;
    if !found.is_dir() || found.uid() != user() || found.mode() & 0o077 != 0 {
        let reason = format!("{} is not a folder of this user alone (mode 0700)", path.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
    }
    Ok(path)
}

/// Where one idling encoder can be met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meeting {
    socket: PathBuf,
}

/// The right to be the encoder of a meeting; free again when the process ends in whatever way.
#[derive(Debug)]
pub struct Held {
    file: File,
}

impl Held {
    /// Whether the lock file of this name is the one that is held.
    fn is_named(&self, path: &Path) -> bool {
        let same = |(ours, named): (fs::Metadata, fs::Metadata)| (named.dev(), named.ino()) == (ours.dev(), ours.ino());
        self.file.metadata().and_then(|ours| Ok((ours, fs::metadata(path)?))).is_ok_and(same)
    }
}

impl Meeting {
    /// In `folder`, for this program with this model and kind of numbers. Another build of the program or another state of the
    /// model's files is another meeting.
    ///
    /// # Errors
    /// Where the program or the model cannot be looked at.
    pub fn of(folder: &Path, program: &Path, model: &Path, dtype: &str) -> io::Result<Self> {
        let mut key = Sha256::new();
        let program = fs::canonicalize(program)?;
        key.update(format!("{} {} {dtype}\n", env!("CARGO_PKG_VERSION"), protocol::VERSION));
        let mut files = vec![program];
        files.extend(fs::read_dir(fs::canonicalize(model)?)?.flatten().map(|entry| entry.path()));
        files[1..].sort();
        for file in files {
            let found = fs::metadata(&file)?;
            if found.is_file() {
                let (path, size) = (file.display(), found.len());
                key.update(format!("{path} {size} {}.{:09}\n", found.mtime(), found.mtime_nsec()));
            }
        }
        let key: String = key.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Ok(Self::at(folder.join(format!("encoder-{key}.sock"))))
    }

    /// At this socket.
    pub fn at(socket: PathBuf) -> Self {
        Self { socket }
    }

    /// The socket.
    pub fn socket(&self) -> &Path {
        &self.socket
    }

    /// The file that is locked, which also holds the encoder's process id.
    pub fn lock(&self) -> PathBuf {
        self.socket.with_extension("lock")
    }

    /// Takes the place of the encoder; none where another has it.
    ///
    /// # Errors
    /// Where the lock cannot be made.
    pub fn hold(&self) -> io::Result<Option<Held>> {
        loop {
            let path = self.lock();
            let mut options = OpenOptions::new();
            let file = options.create(true).truncate(false).write(true).mode(0o600).open(&path)?;
            match fs4::FileExt::try_lock(&file) {
                Ok(()) => {}
                Err(fs4::TryLockError::WouldBlock) => return Ok(None),
                Err(fs4::TryLockError::Error(error)) => return Err(error),
            }
            // The one before may have taken the file away after it was opened here: then it locks nothing.
            let mut held = Held { file };
            if held.is_named(&path) {
                held.file.set_len(0)?;
                writeln!(held.file, "{}", std::process::id())?;
                return Ok(Some(held));
            }
        }
    }

    /// Listens, in place of what an encoder that was killed left.
    ///
    /// # Errors
    /// Where the socket cannot be made; its path may be too long.
    pub fn listen(&self, _held: &Held) -> io::Result<UnixListener> {
        remove(&self.socket)?;
        UnixListener::bind(&self.socket)
    }

    /// Takes everything away. What is asked for from now on is asked of the next encoder.
    pub fn leave(&self, held: Held) {
        // Where somebody cleared the folder meanwhile, what is there now is another encoder's.
        if held.is_named(&self.lock()) {
            let _ = remove(&self.socket);
            let _ = remove(&self.lock());
        }
        drop(held);
        if let Some(folder) = self.socket.parent() {
            // Not where another encoder idles.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Takes away what encoders that were killed have left in the folder.
pub fn sweep(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.extension().is_some_and(|ending| ending == "lock") {
            let left = Meeting::at(path.with_extension("sock"));
            let free = File::options().write(true).open(&path).is_ok_and(|file| fs4::FileExt::try_lock(&file).is_ok());
            if free && let Ok(Some(_held)) = left.hold() {
                let _ = remove(&left.socket);
                let _ = remove(&left.lock());
            }
        }
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The user that this process acts as.
#[expect(unsafe_code, reason = "a call of the C library")]
fn user() -> u32 {
    // SAFETY: the call has no conditions and cannot fail.
    unsafe { libc::geteuid() }
}

/// Whether the process at the other end of a socket is this user's: of a connection that came in, the one that connected; of
/// one that was made, the one that listens.
#[expect(unsafe_code, reason = "a call of the C library")]
pub fn is_same_user(stream: &UnixStream) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        let mut peer = libc::ucred { pid: 0, uid: u32::MAX, gid: u32::MAX };
        let mut length = size_of::<libc::ucred>() as libc::socklen_t;
        let to: *mut libc::c_void = (&raw mut peer).cast();
        // SAFETY: `to` points to `length` bytes that live through the call; the descriptor is open.
        let done =
            unsafe { libc::getsockopt(stream.as_raw_fd(), libc::SOL_SOCKET, libc::SO_PEERCRED, to, &raw mut length) };
        done == 0 && length as usize == size_of::<libc::ucred>() && peer.uid == user()
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let (mut uid, mut gid) = (libc::uid_t::MAX, libc::gid_t::MAX);
        // SAFETY: both places live through the call; the descriptor is open.
        let done = unsafe { libc::getpeereid(stream.as_raw_fd(), &raw mut uid, &raw mut gid) };
        done == 0 && uid == user()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meeting(folder: &Path) -> Meeting {
        Meeting::at(folder.join("encoder-1.sock"))
    }

    #[test]
    fn one_holds_a_meeting_until_it_leaves() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("litmine");
        fs::create_dir(&inner).unwrap();
        let meeting = meeting(&inner);
        let held = meeting.hold().unwrap().unwrap();
        assert_eq!(fs::read_to_string(meeting.lock()).unwrap().trim(), std::process::id().to_string());
        assert!(meeting.hold().unwrap().is_none());
        let _listener = meeting.listen(&held).unwrap();
        sweep(&inner);
        assert!(meeting.socket().exists(), "the socket of a living one is not swept");
        meeting.leave(held);
        assert!(!inner.exists());
    }

    #[test]
    fn what_a_killed_one_left_is_swept_and_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let meeting = meeting(folder.path());
        let held = meeting.hold().unwrap().unwrap();
        drop(meeting.listen(&held).unwrap());
        drop(held);
        assert!(UnixStream::connect(meeting.socket()).is_err(), "nobody listens");
        let held = meeting.hold().unwrap().unwrap();
        let _listener = meeting.listen(&held).unwrap();
        assert!(UnixStream::connect(meeting.socket()).is_ok());
        drop(held);
        sweep(folder.path());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn both_ends_know_their_own_user() {
        let (one, other) = UnixStream::pair().unwrap();
        assert!(is_same_user(&one) && is_same_user(&other));
    }

    #[test]
    fn another_state_of_program_or_model_is_another_meeting() {
        let folder = tempfile::tempdir().unwrap();
        let (program, model) = (folder.path().join("program"), folder.path().join("model"));
        fs::create_dir(&model).unwrap();
        fs::write(&program, "1").unwrap();
        fs::write(model.join("config.json"), "{}").unwrap();
        let of = |dtype| Meeting::of(folder.path(), &program, &model, dtype).unwrap();
        let first = of("auto");
        assert_eq!(first, of("auto"));
        assert_ne!(first, of("fp32"));
        fs::write(model.join("config.json"), "{ }").unwrap();
        let second = of("auto");
        assert_ne!(first, second);
        fs::write(&program, "12").unwrap();
        assert_ne!(second, of("auto"));
    }
}
