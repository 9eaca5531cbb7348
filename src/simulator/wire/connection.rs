//! Connections that a fault can close without an answer.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Accepts connections.
pub(in crate::simulator) struct ConnectionListener(pub(in crate::simulator) TcpListener);

/// A handle of one connection, which each of its calls gets.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct ConnectionHandle {
    cut: Arc<AtomicBool>,
}

/// The connection itself.
pub(in crate::simulator) struct CuttableStream {
    stream: TcpStream,
    cut: Arc<AtomicBool>,
}

impl ConnectionHandle {
    /// The handle of a connection that does not exist.
    #[cfg(test)]
    pub(in crate::simulator) fn unconnected() -> Self {
        Self {
            cut: Arc::default(),
        }
    }

    /// Whether the connection was cut.
    #[cfg(test)]
    pub(in crate::simulator) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::SeqCst)
    }

    /// Prevents further writes; the server then closes the connection.
    pub(in crate::simulator) fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }
}

impl Listener for ConnectionListener {
    type Io = CuttableStream;
    type Addr = ConnectionHandle;

    async fn accept(&mut self) -> (CuttableStream, ConnectionHandle) {
        loop {
            match poll_fn(|context| self.0.poll_accept(context)).await {
                Ok((stream, _)) => return open(stream),
                // No file descriptors are left, or the peer is gone. The server continues.
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<ConnectionHandle> {
        Ok(ConnectionHandle {
            cut: Arc::default(),
        })
    }
}

fn open(stream: TcpStream) -> (CuttableStream, ConnectionHandle) {
    // Without it a small answer waits for the peer's delayed acknowledgement: slower, but correct.
    drop(stream.set_nodelay(true));
    let cut = Arc::<AtomicBool>::default();
    let line = ConnectionHandle {
        cut: Arc::clone(&cut),
    };
    (CuttableStream { stream, cut }, line)
}

impl Connected<IncomingStream<'_, ConnectionListener>> for ConnectionHandle {
    fn connect_info(stream: IncomingStream<'_, ConnectionListener>) -> Self {
        stream.remote_addr().clone()
    }
}

impl CuttableStream {
    fn intact(&self) -> io::Result<()> {
        if self.cut.load(Ordering::SeqCst) {
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.intact()?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.intact()?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.intact()?;
        Pin::new(&mut self.stream).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
