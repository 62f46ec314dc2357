package io.github.aemlint.maven;

import java.util.ArrayList;
import java.util.List;

/** One finding of a report. */
final class Finding {

    private final String level;
    private final String rule;
    private final String place;
    private final String message;

    /**
     * @param level <code>error</code>, <code>warning</code> or <code>note</code>
     * @param rule the id of the rule
     * @param place <code>path:line:column</code>; without the numbers where a finding is about a whole file
     * @param message what is wrong
     */
    Finding(String level, String rule, String place, String message) {
        this.level = level;
        this.rule = rule;
        this.place = place;
        this.message = message;
    }

    String level() {
        return level;
    }

    /** As compilers print what they find, which IDEs and build servers turn into links. */
    @Override
    public String toString() {
        return place + ": " + message + " [" + rule + "]";
    }

    /** How many there are of each level, such as "2 errors and 1 warning". */
    static String count(List<Finding> findings) {
        List<String> parts = new ArrayList<>();
        for (String level : new String[] {"error", "warning", "note"}) {
            long number = findings.stream().filter(finding -> finding.level.equals(level)).count();
            if (number > 0) {
                parts.add(number + " " + level + (number == 1 ? "" : "s"));
            }
        }
        int last = parts.size() - 1;
        return last < 1 ? String.join("", parts) : String.join(", ", parts.subList(0, last)) + " and " + parts.get(last);
    }
}
