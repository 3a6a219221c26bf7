import exchange.core2.core.common.MatcherEventType;
import exchange.core2.core.common.MatcherTradeEvent;

/** What an engine did, counted from its events as matching_bench counts. */
final class Work {
  long fills;
  long lots;
  long cancels;

  void add(MatcherTradeEvent events) {
    for (MatcherTradeEvent event = events; event != null; event = event.nextEvent) {
      if (event.eventType == MatcherEventType.TRADE) {
        ++fills;
        lots += event.size;
      } else {
        ++cancels;  // REDUCE: a cancel; REJECT: what an immediate order left
      }
    }
  }

  void write(StringBuilder json, String key, double perSecond) {
    json.append(json.length() == 0 ? "{\n" : ",\n");
    json.append(String.format("  \"%s\": %.0f,\n", key, perSecond));
    json.append(String.format("  \"%s, fills\": %d,\n", key, fills));
    json.append(String.format("  \"%s, lots\": %d,\n", key, lots));
    json.append(String.format("  \"%s, cancels\": %d", key, cancels));
    System.out.printf("%-32s %8.2f M/s  (%d fills, %d cancels)%n", key, perSecond / 1e6, fills, cancels);
  }
}
