package io.github.aemlint.maven;

import static org.junit.Assert.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.Test;

public class FindingTest {

    @Test
    public void isPrintedAsCompilersDo() {
        Finding finding = new Finding("error", "missing-scope", "a.zip!/b.cfg.json:4:4", "No scope.");
        assertEquals("a.zip!/b.cfg.json:4:4: No scope. [missing-scope]", finding.toString());
    }

    @Test
    public void levelsAreCounted() {
        assertEquals("1 error", count("error"));
        assertEquals("2 errors and 1 note", count("error", "note", "error"));
        assertEquals("1 error, 2 warnings and 1 note", count("warning", "error", "warning", "note"));
        assertEquals("", count());
    }

    private static String count(String... levels) {
        List<Finding> findings = new ArrayList<>();
        Arrays.asList(levels).forEach(level -> findings.add(new Finding(level, "r", "p", "m")));
        return Finding.count(findings);
    }
}
