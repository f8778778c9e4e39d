import { explainReport, type ExplainedPipeline } from '../../analytics/engine/explainReport';
import type { RunReportRequest } from '../../analytics/engine/runReport';
import { adviseIndexes } from '../../analytics/inspect/indexes';
import type { ReportExplanation } from '../../shared/ipc/reports';

const showPipeline = ({ collection, purpose, times, mongosh, plan }: ExplainedPipeline) => ({
  title: times > 1 ? `${purpose} (${times} times)` : purpose,
  collection,
  mongosh,
  plan: plan && {
    stages: [...plan.stages],
    index: plan.index,
    keysExamined: plan.keysExamined,
    documentsExamined: plan.documentsExamined,
    returned: plan.documentsReturned,
    elapsedMs: plan.executionMs,
  },
});

/** A report's pipelines, plans and missing indexes, as the query lens shows them. */
export async function explainForLens(request: RunReportRequest): Promise<ReportExplanation> {
  const explanation = await explainReport(request);
  const { source, now, signal } = request;
  const { indexes } = await adviseIndexes({ source, now, signal });
  const read = new Set(explanation.pipelines.map(({ collection }) => collection));
  const advised = indexes.filter(({ collection, state }) => state === 'advised' && read.has(collection));
  return {
    executor: 'pipeline',
    pipelines: explanation.pipelines.map(showPipeline),
    advice: advised.map(({ collection, key, reason, command }) => ({
      text: `An index ${key} on "${collection}" would help${reason === null ? '' : `: ${reason}`}.`,
      ...(command === null ? {} : { command }),
    })),
  };
}
