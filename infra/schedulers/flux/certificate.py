# Writes the brokers' CURVE certificate to standard output, in the form of a ZCERT file, from 32 random
# bytes on standard input: the same bytes give the same certificate on every node. libzmq knows how a
# public key follows from a secret one.
import ctypes
import sys

KEY_BYTES = 32
# Z85 writes 4 bytes as 5 characters; C wants a zero byte behind them.
TEXT_BYTES = KEY_BYTES * 5 // 4 + 1

secret_bytes = sys.stdin.buffer.read()
if len(secret_bytes) != KEY_BYTES:
    sys.exit(f"expected {KEY_BYTES} random bytes on standard input, got {len(secret_bytes)}")
zmq = ctypes.CDLL("libzmq.so.5")
secret = ctypes.create_string_buffer(TEXT_BYTES)
public = ctypes.create_string_buffer(TEXT_BYTES)
zmq.zmq_z85_encode.restype = ctypes.c_char_p
if zmq.zmq_z85_encode(secret, secret_bytes, ctypes.c_size_t(KEY_BYTES)) is None:
    sys.exit("libzmq could not write the secret key")
if zmq.zmq_curve_public(public, secret) != 0:
    sys.exit("libzmq could not make the public key")
print('metadata\n    name = "schedlab"\ncurve')
print(f'    public-key = "{public.value.decode()}"')
print(f'    secret-key = "{secret.value.decode()}"')
