import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** A flow that matching_bench --record left: columns, so that reading it costs little. */
final class RecordedFlow {
  static final byte PASSIVE = 0;
  static final byte MARKETABLE = 1;
  static final byte CANCEL = 2;

  final int books;
  final int resting;
  final int[] order;
  final int[] price;
  final short[] instrument;
  final short[] account;
  final byte[] quantity;
  final boolean[] sells;
  final byte[] kind;

  RecordedFlow(Path file) throws IOException {
    final ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    books = bytes.getInt();
    resting = bytes.getInt();
    final int count = resting + bytes.getInt();
    bytes.getInt();
    order = new int[count];
    price = new int[count];
    instrument = new short[count];
    account = new short[count];
    quantity = new byte[count];
    sells = new boolean[count];
    kind = new byte[count];
    for (int i = 0; i < count; ++i) {
      order[i] = bytes.getInt();
      price[i] = bytes.getInt();
      instrument[i] = bytes.getShort();
      account[i] = bytes.getShort();
      quantity[i] = bytes.get();
      sells[i] = bytes.get() != 0;
      kind[i] = bytes.get();
      bytes.get();
    }
  }

  int size() {
    return order.length;
  }
}
