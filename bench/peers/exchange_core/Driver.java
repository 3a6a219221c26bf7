import exchange.core2.core.common.CoreWaitStrategy;
import java.nio.file.Files;
import java.nio.file.Path;

/** Driver ROUNDS JSON FLOW…: exchange-core on recorded flows; its book alone, then its whole pipeline. */
final class Driver {
  /** The pipeline's threads outlive a failure: whatever happens, the process ends. */
  public static void main(String[] arguments) {
    int code = 1;
    try {
      measure(arguments);
      code = 0;
    } catch (Exception failure) {
      System.err.println(failure);
    } finally {
      System.exit(code);
    }
  }

  private static void measure(String[] arguments) throws Exception {
    final int rounds = Integer.parseInt(arguments[0]);
    final StringBuilder json = new StringBuilder();
    for (int i = 2; i < arguments.length; ++i) {
      final RecordedFlow flow = new RecordedFlow(Path.of(arguments[i]));
      final Work book = new Work();
      final double alone = BookRun.measure(flow, rounds, book);
      book.write(json, flow.books + " books, book", alone);
      for (CoreWaitStrategy waiting : new CoreWaitStrategy[] {CoreWaitStrategy.YIELDING, CoreWaitStrategy.BLOCKING}) {
        final Work whole = new Work();
        final double rate = PipelineRun.measure(flow, Math.max(1, rounds / 2), waiting, whole);
        whole.write(json, flow.books + " books, pipeline " + waiting.name().toLowerCase(), rate);
      }
    }
    Files.writeString(Path.of(arguments[1]), json.append("\n}\n"));
  }
}
