"""A server that speaks TLS 1.1 and nothing newer.

Arguments: the files of its certificate and its key, in PEM. Prints its port once it has
shown that it speaks TLS 1.1, and ends when stdin does.
"""

import socket
import ssl
import sys
import threading
import warnings

# That it is old is the point.
warnings.filterwarnings("ignore", category=DeprecationWarning)


def context(protocol):
    made = ssl.SSLContext(protocol)
    # OpenSSL takes the signatures of TLS 1.1 for weak.
    made.set_ciphers("ALL:@SECLEVEL=0")
    made.minimum_version = ssl.TLSVersion.TLSv1_1
    made.maximum_version = ssl.TLSVersion.TLSv1_1
    return made


def serve(listener, server):
    while True:
        connection, _ = listener.accept()
        try:
            server.wrap_socket(connection, server_side=True).close()
        except OSError:
            # Clients that speak newer versions only.
            connection.close()


def main():
    server = context(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(sys.argv[1], sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=serve, args=(listener, server), daemon=True).start()
    client = context(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    with client.wrap_socket(socket.create_connection(listener.getsockname())) as spoken:
        assert spoken.version() == "TLSv1.1", spoken.version()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()


main()
