"""TLS in front of a plain server, with whatever certificate.

Arguments: the files of certificate and key in PEM, the port of the plain server, and the
oldest version of TLS that is spoken, as in 1.2. Prints its port and ends when stdin does.
"""

import socket
import ssl
import sys
import threading


def pump(source, sink):
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
    except OSError:
        pass
    finally:
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def serve(connection, context, port):
    try:
        private = context.wrap_socket(connection, server_side=True)
    except OSError:
        connection.close()
        return
    plain = socket.create_connection(("127.0.0.1", port))
    threading.Thread(target=pump, args=(plain, private), daemon=True).start()
    pump(private, plain)


def main():
    certificate, key, port, oldest = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # OpenSSL takes short keys for weak, which they are.
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = getattr(ssl.TLSVersion, "TLSv" + oldest.replace(".", "_"))
    context.load_cert_chain(certificate, key)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)

    def accept():
        while True:
            connection, _ = listener.accept()
            arguments = (connection, context, int(port))
            threading.Thread(target=serve, args=arguments, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    sys.stdin.read()


main()
