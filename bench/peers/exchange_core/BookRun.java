import exchange.core2.collections.objpool.ObjectsPool;
import exchange.core2.core.common.CoreSymbolSpecification;
import exchange.core2.core.common.OrderAction;
import exchange.core2.core.common.OrderType;
import exchange.core2.core.common.SymbolType;
import exchange.core2.core.common.cmd.CommandResultCode;
import exchange.core2.core.common.cmd.OrderCommand;
import exchange.core2.core.common.cmd.OrderCommandType;
import exchange.core2.core.common.config.LoggingConfiguration;
import exchange.core2.core.orderbook.IOrderBook;
import exchange.core2.core.orderbook.OrderBookDirectImpl;
import exchange.core2.core.orderbook.OrderBookEventsHelper;
import java.lang.management.ManagementFactory;
import java.util.Map;

/** exchange-core's fast order book alone, one a symbol, on one thread. */
final class BookRun {
  private final IOrderBook[] books;
  private final OrderCommand command = new OrderCommand();

  BookRun(int count) {
    // The pool as exchange-core's own matching stage makes it.
    final ObjectsPool pool =
        new ObjectsPool(
            Map.of(
                ObjectsPool.DIRECT_ORDER, 1 << 20,
                ObjectsPool.DIRECT_BUCKET, 1 << 16,
                ObjectsPool.ART_NODE_4, 1 << 15,
                ObjectsPool.ART_NODE_16, 1 << 14,
                ObjectsPool.ART_NODE_48, 1 << 13,
                ObjectsPool.ART_NODE_256, 1 << 12));
    books = new IOrderBook[count + 1];
    for (int symbol = 1; symbol <= count; ++symbol) {
      books[symbol] =
          new OrderBookDirectImpl(
              specification(symbol),
              pool,
              OrderBookEventsHelper.NON_POOLED_EVENTS_HELPER,
              LoggingConfiguration.DEFAULT);
    }
  }

  static CoreSymbolSpecification specification(int symbol) {
    return CoreSymbolSpecification.builder()
        .symbolId(symbol)
        .type(SymbolType.CURRENCY_EXCHANGE_PAIR)
        .baseCurrency(1 + symbol)
        .quoteCurrency(1)
        .baseScaleK(1)
        .quoteScaleK(1)
        .takerFee(2)
        .makerFee(1)
        .build();
  }

  void carryOut(RecordedFlow flow, int from, int to, Work work) {
    final OrderCommand command = this.command;
    for (int i = from; i < to; ++i) {
      command.orderId = flow.order[i];
      command.uid = flow.account[i];
      command.matcherEvent = null;
      command.resultCode = CommandResultCode.VALID_FOR_MATCHING_ENGINE;
      if (flow.kind[i] == RecordedFlow.CANCEL) {
        command.command = OrderCommandType.CANCEL_ORDER;
      } else {
        command.command = OrderCommandType.PLACE_ORDER;
        command.price = flow.price[i];
        command.reserveBidPrice = flow.price[i];
        command.size = flow.quantity[i];
        command.action = flow.sells[i] ? OrderAction.ASK : OrderAction.BID;
        command.orderType =
            flow.kind[i] == RecordedFlow.MARKETABLE ? OrderType.IOC : OrderType.GTC;
      }
      IOrderBook.processCommand(books[flow.instrument[i]], command);
      work.add(command.matcherEvent);
    }
  }

  /** Best of some rounds, each with fresh books: operations a second of this thread's own time. */
  static double measure(RecordedFlow flow, int rounds, Work result) {
    final var threads = ManagementFactory.getThreadMXBean();
    double best = 0;
    for (int round = 0; round < rounds; ++round) {
      final BookRun run = new BookRun(flow.books);
      final Work work = new Work();
      run.carryOut(flow, 0, flow.resting, work);
      System.gc();
      final long start = threads.getCurrentThreadCpuTime();
      run.carryOut(flow, flow.resting, flow.size(), work);
      final long spent = threads.getCurrentThreadCpuTime() - start;
      best = Math.max(best, (flow.size() - flow.resting) * 1e9 / spent);
      result.fills = work.fills;
      result.lots = work.lots;
      result.cancels = work.cancels;
    }
    return best;
  }
}
