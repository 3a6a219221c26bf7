import exchange.core2.core.ExchangeApi;
import exchange.core2.core.ExchangeCore;
import exchange.core2.core.common.CoreSymbolSpecification;
import exchange.core2.core.common.CoreWaitStrategy;
import exchange.core2.core.common.OrderAction;
import exchange.core2.core.common.OrderType;
import exchange.core2.core.common.api.ApiAddUser;
import exchange.core2.core.common.api.ApiAdjustUserBalance;
import exchange.core2.core.common.api.ApiCancelOrder;
import exchange.core2.core.common.api.ApiCommand;
import exchange.core2.core.common.api.ApiNop;
import exchange.core2.core.common.api.ApiPlaceOrder;
import exchange.core2.core.common.api.binary.BatchAddSymbolsCommand;
import exchange.core2.core.common.cmd.CommandResultCode;
import exchange.core2.core.common.cmd.OrderCommand;
import exchange.core2.core.common.config.ExchangeConfiguration;
import exchange.core2.core.common.config.PerformanceConfiguration;
import exchange.core2.core.orderbook.OrderBookDirectImpl;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/**
 * exchange-core's whole pipeline in one process: risk hold, matching, risk release, fees, results; no journal. Its
 * stages are threads; this machine may have fewer cores than it likes, so they yield or block instead of spinning.
 */
final class PipelineRun {
  private static final long PLENTY = 1_000_000_000_000_000L;
  private static final int ACCOUNTS = 10_001;

  private final Work work = new Work();
  private long refused;
  private String firstRefusal;
  private long left;
  private CountDownLatch done;
  private boolean counting;

  /** Called on the pipeline's last thread. */
  private void answered(OrderCommand command, long sequence) {
    if (!counting || left == 0) return;  // before and behind what is measured
    work.add(command.matcherEvent);
    if (command.resultCode != CommandResultCode.SUCCESS) {
      ++refused;
      firstRefusal = firstRefusal == null ? command.toString() : firstRefusal;
    }
    if (--left == 0) done.countDown();
  }

  private static ApiCommand command(RecordedFlow flow, int i) {
    if (flow.kind[i] == RecordedFlow.CANCEL) {
      return ApiCancelOrder.builder()
          .orderId(flow.order[i])
          .uid(flow.account[i])
          .symbol(flow.instrument[i])
          .build();
    }
    return ApiPlaceOrder.builder()
        .orderId(flow.order[i])
        .uid(flow.account[i])
        .symbol(flow.instrument[i])
        .price(flow.price[i])
        .reservePrice(flow.price[i])
        .size(flow.quantity[i])
        .action(flow.sells[i] ? OrderAction.ASK : OrderAction.BID)
        .orderType(flow.kind[i] == RecordedFlow.MARKETABLE ? OrderType.IOC : OrderType.GTC)
        .build();
  }

  private static void prepare(ExchangeApi api, RecordedFlow flow) throws Exception {
    final List<CoreSymbolSpecification> symbols = new ArrayList<>();
    for (int symbol = 1; symbol <= flow.books; ++symbol) symbols.add(BookRun.specification(symbol));
    for (int at = 0; at < symbols.size(); at += 100) {
      api.submitBinaryDataAsync(
              new BatchAddSymbolsCommand(symbols.subList(at, Math.min(at + 100, symbols.size()))))
          .get();
    }
    final long[] transactions = new long[ACCOUNTS];  // of one account they must increase
    for (int account = 1; account < ACCOUNTS; ++account) {
      api.submitCommand(ApiAddUser.builder().uid(account).build());
      deposit(api, account, 1, ++transactions[account]);
    }
    // An account is given each base asset it ever sells.
    final Set<Long> given = new HashSet<>();
    for (int i = 0; i < flow.size(); ++i) {
      if (flow.kind[i] == RecordedFlow.CANCEL || !flow.sells[i]) continue;
      if (given.add(((long) flow.account[i] << 32) | flow.instrument[i])) {
        deposit(api, flow.account[i], 1 + flow.instrument[i], ++transactions[flow.account[i]]);
      }
    }
    api.submitCommandAsync(ApiNop.builder().build()).get();
  }

  private static void deposit(ExchangeApi api, long account, int currency, long transaction) {
    api.submitCommand(
        ApiAdjustUserBalance.builder()
            .uid(account)
            .currency(currency)
            .amount(PLENTY)
            .transactionId(transaction)
            .build());
  }

  /** Operations a second by the wall, from the first submission to the last result. */
  private double once(RecordedFlow flow, CoreWaitStrategy waiting) throws Exception {
    final PerformanceConfiguration performance =
        PerformanceConfiguration.baseBuilder()
            .ringBufferSize(64 * 1024)
            .msgsInGroupLimit(4_096)
            .maxGroupDurationNs(4_000_000)
            .waitStrategy(waiting)
            .orderBookFactory(OrderBookDirectImpl::new)
            .build();
    final ExchangeCore core =
        ExchangeCore.builder()
            .resultsConsumer(this::answered)
            .exchangeConfiguration(
                ExchangeConfiguration.defaultBuilder().performanceCfg(performance).build())
            .build();
    core.startup();
    final ExchangeApi api = core.getApi();
    prepare(api, flow);
    counting = true;
    run(api, flow, 0, flow.resting);
    System.gc();
    final long start = System.nanoTime();
    run(api, flow, flow.resting, flow.size());
    final double seconds = (System.nanoTime() - start) / 1e9;
    core.shutdown();
    if (refused != 0) throw new IllegalStateException(refused + " refused, first " + firstRefusal);
    return (flow.size() - flow.resting) / seconds;
  }

  private void run(ExchangeApi api, RecordedFlow flow, int from, int to) throws Exception {
    done = new CountDownLatch(1);
    left = to - from;
    for (int i = from; i < to; ++i) api.submitCommand(command(flow, i));
    done.await();
  }

  static double measure(RecordedFlow flow, int rounds, CoreWaitStrategy waiting, Work result)
      throws Exception {
    double best = 0;
    for (int round = 0; round < rounds; ++round) {
      final PipelineRun run = new PipelineRun();
      best = Math.max(best, run.once(flow, waiting));
      result.fills = run.work.fills;
      result.lots = run.work.lots;
      result.cancels = run.work.cancels;
    }
    return best;
  }
}
