//! A server of one file over HTTP, on a free port of this machine, that counts what it sends.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How a server behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// It gives the ranges that it is asked for.
    Ranges,
    /// It knows no ranges, and always gives the whole file.
    WholeOnly,
    /// It gives ranges, and at each request another version of the file.
    Changing,
    /// It gives ranges to the user `user` with the password `hunter2`, and to nobody else.
    Password,
    /// It answers with this status, and repeats the address in the body.
    Status(u16),
    /// It sends more than it was asked for.
    Garbage,
    /// It takes connections and never answers.
    Silent,
}

/// A server that runs until the process ends.
pub struct Server {
    address: String,
    counters: Arc<Counters>,
}

#[derive(Default)]
struct Counters {
    sent: AtomicU64,
    requests: AtomicU64,
}

impl Server {
    /// Serves `bytes` at every path.
    pub fn start(bytes: Vec<u8>, conduct: Conduct) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (bytes, counters) = (Arc::new(bytes), Arc::new(Counters::default()));
        let shared = counters.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (bytes, counters) = (bytes.clone(), shared.clone());
                // An error is the client's: it closed the connection.
                std::thread::spawn(move || serve(stream, &bytes, conduct, &counters));
            }
        });
        Self { address, counters }
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// Bytes of the file that were sent so far.
    pub fn sent(&self) -> u64 {
        self.counters.sent.load(Ordering::SeqCst)
    }

    /// Requests that were answered so far.
    pub fn requests(&self) -> u64 {
        self.counters.requests.load(Ordering::SeqCst)
    }
}

fn serve(stream: TcpStream, bytes: &[u8], conduct: Conduct, counters: &Counters) -> std::io::Result<()> {
    let mut writer = stream.try_clone()?;
    let mut reader = BufReader::new(stream);
    loop {
        let mut request = String::new();
        if reader.read_line(&mut request)? == 0 {
            return Ok(());
        }
        let (mut range, mut known) = (None, false);
        loop {
            let mut header = String::new();
            reader.read_line(&mut header)?;
            let header = header.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            known |= header == "authorization: basic dxnlcjpodw50zxiy";
            range = range.or(header.strip_prefix("range: bytes=").and_then(|range| parse(range, bytes.len())));
        }
        if conduct == Conduct::Silent {
            std::thread::sleep(Duration::from_secs(600));
        }
        let number = counters.requests.fetch_add(1, Ordering::SeqCst);
        let refused = (conduct == Conduct::Password && !known).then_some(401);
        let status = if let Conduct::Status(status) = conduct { Some(status) } else { refused };
        if let Some(status) = status {
            let body = format!("no: {request}");
            write!(writer, "HTTP/1.1 {status} No\r\nContent-Length: {}\r\n\r\n{body}", body.len())?;
            continue;
        }
        let range = range.filter(|_| conduct != Conduct::WholeOnly);
        let sent = &bytes[range.clone().unwrap_or(0..bytes.len())];
        let version = if conduct == Conduct::Changing { number } else { 0 };
        let status = if range.is_some() { "206 Partial Content" } else { "200 OK" };
        let more = if conduct == Conduct::Garbage && number > 0 { 7 } else { 0 };
        write!(writer, "HTTP/1.1 {status}\r\nETag: \"{version}\"\r\nContent-Length: {}\r\n", sent.len() + more)?;
        if let Some(Range { start, end }) = range {
            write!(writer, "Content-Range: bytes {start}-{}/{}\r\n", end - 1, bytes.len())?;
        }
        write!(writer, "\r\n")?;
        if !request.starts_with("HEAD ") {
            counters.sent.fetch_add(sent.len() as u64, Ordering::SeqCst);
            writer.write_all(sent)?;
            writer.write_all(&vec![0; more])?;
        }
    }
}

/// A range of a file of `len` bytes: `5-9`, `5-` or `-5`.
fn parse(range: &str, len: usize) -> Option<Range<usize>> {
    let (first, last) = range.split_once('-')?;
    match (first.parse::<usize>(), last.parse::<usize>()) {
        (Ok(first), Ok(last)) => Some(first..len.min(last + 1)),
        (Ok(first), Err(_)) => Some(first..len),
        (Err(_), Ok(last)) => Some(len.saturating_sub(last)..len),
        (Err(_), Err(_)) => None,
    }
}
