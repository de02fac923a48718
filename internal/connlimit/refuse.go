package connlimit

import (
	"errors"
	"net"
	"time"
)

// refuseTimeout is how long telling a client that it is refused may take.
const refuseTimeout = 100 * time.Millisecond

// refusal is the answer to a connection without a place, whatever it wants.
const refusal = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

// refuse answers a connection and closes it.
func refuse(c net.Conn) {
	_ = c.SetWriteDeadline(time.Now().Add(refuseTimeout))
	_, _ = c.Write([]byte(refusal)) // if the client does not take it, it sees the end
	_ = c.Close()
}

func isClosed(err error) bool { return errors.Is(err, net.ErrClosed) }
